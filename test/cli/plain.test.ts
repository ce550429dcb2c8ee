import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unreadable } from './support/reading-aloud.ts';
import { type Site, startSite } from './support/site.ts';
import { Terminal } from './support/terminal.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite({
    source: { git: '.', exclude: ['hosts.json', '.cache', '.config'] },
    roles: {
      web: {
        service: {
          start: 'echo "hello from the log" >>"$LOG_FILE"; touch "$LOG_FILE.runs"',
          stop: 'rm -f "$LOG_FILE.runs"',
          status: '[ -e "$LOG_FILE.runs" ] || exit 3',
        },
        health: { command: 'true', minHealthyTime: '0s' },
      },
    },
    rollout: { bake: '100ms' },
  });
  writeFileSync(join(site.folder, '.git/info/exclude'), 'hosts.json\n.cache\n.config\n');
});
afterAll(() => site[Symbol.asyncDispose]());

const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  new Terminal(args, { cwd: site.folder, env: { ...site.env, XDG_CONFIG_HOME: join(site.folder, '.config'), ...env } });

const LONG = { timeout: 60_000 };
const texts = () => [site.read(0, 'current/text'), site.read(1, 'current/text')];

/** Types what stands behind each word once that word has come. */
async function play(terminal: Terminal, ...steps: readonly (readonly [word: string, keys: string])[]): Promise<void> {
  for (const [word, keys] of steps) {
    await terminal.until(word);
    terminal.type(keys);
  }
}

const MENU = 'm says the choices again.';

describe('a screen-reader run (--plain)', LONG, () => {
  it('of a deploy reads as sentences, one line per change, with nothing redrawn', async () => {
    const terminal = start(['deploy', 'staging', '--plain']);
    await play(terminal, ['Shall it deploy now? Type yes or no.', 'yes\r']);
    expect(await terminal.code, terminal.raw).toBe(0);
    expect(unreadable(terminal.raw, ['yes'])).toEqual([]);
    const lines = terminal.raw.split('\r\n');
    for (const host of ['one', 'two']) {
      expect(lines.filter((line) => line.startsWith(`${host}: web.1 is switched to release `))).toHaveLength(1);
      expect(lines.filter((line) => line.startsWith(`${host}: web.1 is healthy after `))).toHaveLength(1);
    }
    expect(new Set(texts())).toEqual(new Set(['hello']));
  });

  it('opens a menu of numbers that answers what it does not know with what there is', async () => {
    const terminal = start(['staging', '--plain']);
    await play(terminal, [MENU, 'x\r'], ['“x” is none of the choices.', ''], ['0: quit.', ''], [MENU, '4\r']);
    await play(
      terminal,
      ['It is live on 2 instances.', ''],
      [MENU, '5\r'],
      ['deploy of release', ''],
      [MENU, '\u0004'],
    );
    expect(await terminal.code).toBe(0);
    expect(unreadable(terminal.raw, ['x', '4', '5'])).toEqual([]);
    expect(terminal.raw).toMatch(/^app staging is on release \w+, “say hello”; all 2 instances are healthy\.\r\n/);
    expect(terminal.raw).not.toMatch(/^8: /m);
  });

  it('deploys from the menu, follows a log until Ctrl-C, and rolls back to what Enter stands for', async () => {
    await site.commit('next');
    const terminal = start(['staging'], { ACCESSIBLE: '1' });
    await play(terminal, [MENU, '2\r'], ['Press Enter for HEAD, or type 0 to go back.', '\r']);
    await play(terminal, ['Shall it deploy now?', 'y\r'], ['is live on 2 instances', ''], ['“say next”', '']);
    await play(terminal, [MENU, '6\r'], ['2: web.1 on two.', '2\r'], ['hello from the log', '\u0003']);
    await play(terminal, ['No longer following the log.', ''], [MENU, '3\r'], ['it is the last good one.', '']);
    await play(
      terminal,
      ['or press Enter for 1', '\r'],
      ['Shall it roll back now?', 'yes\r'],
      ['“say hello”; all 2', ''],
    );
    await play(terminal, [MENU, 'q\r']);
    expect(await terminal.code, terminal.raw).toBe(0);
    expect(unreadable(terminal.raw, ['2', 'y', '6', '3', 'yes', 'q', '^C', 'hello from the log'])).toEqual([]);
    expect(texts()).toEqual(['hello', 'hello']);
  });

  it('wants the name of a protected stage typed, and goes on in the menu when it was not', async () => {
    const terminal = start(['staging', '--plain']);
    await play(terminal, [MENU, '7\r'], ['2: production.', '2\r'], ['app production has no good release yet', '']);
    await play(
      terminal,
      [MENU, '2\r'],
      ['or type 0 to go back.', 'no-such-ref\r'],
      ['Error: “no-such-ref” names no commit', ''],
    );
    await play(terminal, [MENU, '2\r'], ['or type 0 to go back.', '\r']);
    await play(
      terminal,
      ['Type the name of the stage, production, to deploy', 'yes\r'],
      ['Not confirmed: nothing', ''],
    );
    await play(terminal, [MENU, '0\r']);
    expect(await terminal.code, terminal.raw).toBe(0);
    expect(unreadable(terminal.raw, ['7', '2', 'no-such-ref', 'yes', '0'])).toEqual([]);
  });

  it('brings back what has drifted', async () => {
    await site.commit('drift');
    expect((await site.run('deploy', 'staging', '--only', 'one', '--yes')).code).toBe(0);
    const terminal = start(['staging', '--plain']);
    await play(terminal, ['1 instance has drifted. To bring that back, choose 8.', '']);
    await play(
      terminal,
      ['8: bring back what has drifted, 1 instance.', ''],
      [MENU, '8\r'],
      ['Shall it reconcile now?', 'y\r'],
    );
    await play(terminal, ['all 2 instances are healthy', ''], [MENU, '0\r']);
    expect(await terminal.code, terminal.raw).toBe(0);
    expect(unreadable(terminal.raw, ['8', 'y', '0'])).toEqual([]);
    expect(texts()).toEqual(['drift', 'drift']);
  });
});
