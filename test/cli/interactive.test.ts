import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Site, startSite } from './support/site.ts';
import { Terminal } from './support/terminal.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite({ rollout: { bake: '5m' } });
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

function onTerminal(args: readonly string[], more: NodeJS.ProcessEnv = {}): Terminal {
  return new Terminal(args, { cwd: site.folder, env: { ...site.env, ...more } });
}

describe('on a terminal', () => {
  it('a plan is shown and asked about, and anything but yes changes nothing', async () => {
    const terminal = onTerminal(['deploy', 'staging']);
    await terminal.until('update web.1@one');
    await terminal.until('[y/N]');
    terminal.type('\r');
    expect(await terminal.code).toBe(130);
    expect(() => site.read(0, 'current/text')).toThrow();
  });

  it('a protected stage wants its name typed', async () => {
    const terminal = onTerminal(['deploy', 'production']);
    await terminal.until('Type production');
    terminal.type('prod\r');
    expect(await terminal.code).toBe(130);
  });

  it('Ctrl-C at the question ends with 130', async () => {
    const terminal = onTerminal(['deploy', 'staging']);
    await terminal.until('[y/N]');
    terminal.type('\u0003');
    expect(await terminal.code).toBe(130);
  });

  it('Ctrl-C in a rollout offers to finish, roll back or leave', async () => {
    const terminal = onTerminal(['deploy', 'staging', '--yes']);
    await terminal.until('watching 1 instance');
    terminal.type('\u0003');
    await terminal.until('roll [b]ack');
    terminal.type('b\r');
    await terminal.until('Rolled back');
    expect(await terminal.code).toBe(4);
    expect(() => site.read(0, 'instances/web.1/current/text')).toThrow();
  });

  it('a second Ctrl-C leaves at once, and the next deploy takes the lock over and says so', async () => {
    const terminal = onTerminal(['deploy', 'staging', '--yes']);
    await terminal.until('watching 1 instance');
    terminal.type('\u0003');
    await terminal.until('roll [b]ack');
    terminal.type('\u0003');
    expect(await terminal.code).toBe(5);
    const next = onTerminal(['deploy', 'staging', '--yes']);
    await next.until('took over the lock of');
    await next.until('watching');
    next.type('\u0003');
    await next.until('roll [b]ack');
    next.type('b\r');
    expect(await next.code).toBe(4);
  });
});

describe('preferences', () => {
  const folder = () => join(site.folder, '.config', 'slipway');
  const onScreen = (...args: readonly string[]) =>
    onTerminal(args, { XDG_CONFIG_HOME: join(site.folder, '.config'), NO_COLOR: undefined, TERM: 'xterm-256color' });
  const leave = async (terminal: Terminal) => {
    terminal.type('q');
    expect(await terminal.code).toBe(0);
  };

  it('that cannot be read are kept beside, which the screen says, and it opens all the same', async () => {
    mkdirSync(folder(), { recursive: true });
    writeFileSync(join(folder(), 'config.json'), 'rubbish');
    const terminal = onScreen('staging');
    await terminal.until('Your preferences were not readable, and start anew.');
    // the stage is noted once its hosts are asked
    await terminal.until('INSTANCE');
    await leave(terminal);
    const kept = readdirSync(folder()).filter((name) => name.startsWith('config.json.broken-'));
    expect(kept.map((name) => readFileSync(join(folder(), name), 'utf8'))).toEqual(['rubbish']);
  });

  it('open the stage that was open last', async () => {
    const terminal = onScreen();
    await terminal.until(' releases');
    expect(terminal.raw).toContain('staging');
    expect(terminal.raw).not.toContain('Stages');
    await leave(terminal);
  });

  it.each([
    ['the remembered theme', [], /^(?=[^]*\u001b\[1;34m)((?!\u001b\[(1;)?36m)[^])*$/],
    ['the one that is asked for', ['--theme', 'dark'], /^(?=[^]*\u001b\[1;36m)((?!\u001b\[(1;)?34m)[^])*$/],
    ['none with --no-color', ['--no-color'], /^((?!\u001b\[[\d;]*3[1-6]m)[^])*$/],
  ])('show %s', async (_what, flags, colours) => {
    const file = join(folder(), 'config.json');
    const kept = JSON.parse(readFileSync(file, 'utf8')) as object;
    writeFileSync(file, JSON.stringify({ ...kept, theme: 'light' }));
    const terminal = onScreen(...flags);
    await terminal.until('INSTANCE');
    expect(terminal.raw).toMatch(colours);
    await leave(terminal);
  });
});
