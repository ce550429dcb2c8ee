import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { createHostClient } from '../../src/host/client.ts';
import type { Channel } from '../../src/ssh/transport.ts';
import type { LocalHost } from '../support/local-host.ts';
import { at } from './bots.ts';
import { hostMaker, SHELLS } from './shells.ts';
import { begin, bot, lockOptions } from './stage.ts';
import { until } from './until.ts';

const makeHost = hostMaker();

const beat = (host: LocalHost) => statSync(at(host, '.slipway/lock/beat')).mtimeMs;

function makeOld(host: LocalHost): void {
  execFileSync('touch', ['-d', '@1000000000', at(host, '.slipway/lock/beat')]);
}

describe.each(SHELLS)('the control channel under %s', { concurrent: true }, (shell) => {
  test('beats for the lock, writes the journal, and brings what others write for the rollout', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    await host.client.rollout('r1', '{"plan":1}');
    const heard: string[] = [];
    const control = await host.client.control('r1', (line) => heard.push(line));
    makeOld(host);
    control.beat();
    await until(() => beat(host) > 1_000_000_000_000);
    const lines = Array.from({ length: 300 }, (_, seq) => JSON.stringify({ seq, why: 'it\'s "$(x)" \\n 100%' }));
    lines.forEach((line) => control.journal(line));
    const file = at(host, '.slipway/rollouts/r1/control');
    await appendFile(file, '{"intent":"pause"}\n');
    await until(() => heard.length === 1);
    await appendFile(file, '{"intent":"resume"}\n{"intent":"\u001b[31mabort%"}\n');
    await until(() => heard.length === 3);
    expect(heard).toEqual(['{"intent":"pause"}', '{"intent":"resume"}', '{"intent":"abort%"}']);
    control.journal('{"last":true}');
    await control.close();
    const journal = await readFile(at(host, '.slipway/rollouts/r1/events.ndjson'), 'utf8');
    expect(journal.split('\n')).toEqual([...lines, '{"last":true}', '']);
    expect(await readFile(at(host, '.slipway/rollouts/r1/plan.json'), 'utf8')).toBe('{"plan":1}\n');
  });

  test('does not keep the lock of another rollout alive', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    const control = await host.client.control('r1', () => undefined);
    await host.client.lock(lockOptions('r2', { force: 'r1' }));
    makeOld(host);
    control.beat();
    control.journal('{"x":1}');
    await control.close();
    expect(beat(host)).toBe(1_000_000_000_000);
    expect(existsSync(at(host, '.slipway/rollouts/r1/events.ndjson'))).toBe(true);
  });

  test('tells when the host is gone, and leaves no process behind', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    const channels: Channel[] = [];
    const client = createHostClient({
      ...host.context,
      open: async (command) => {
        channels.push(await host.context.open(command));
        return channels.at(-1)!;
      },
    });
    const control = await client.control('r1', () => undefined);
    control.beat();
    await until(() => existsSync(at(host, '.slipway/rollouts/r1/control')));
    channels[0]!.signal('KILL');
    await control.ended;
    control.beat();
    await until(() => processesIn(host) === 1);
  });
});

/** Shells of the host that still run: each was started in the folder above deployTo. */
function processesIn(host: LocalHost): number {
  const folder = at(host, '..');
  const found = execFileSync('sh', ['-c', 'ls -l /proc/[0-9]*/cwd 2>/dev/null || :']).toString();
  return found.split('\n').filter((line) => line.endsWith(` -> ${folder.replace(/\/$/, '')}`)).length;
}

describe.each(SHELLS)('the log under %s', { concurrent: true }, (shell) => {
  test('begins with the last lines, follows new ones and a rotated file, and ends when nobody listens', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    const file = at(host, 'instances/bot.1/log');
    await mkdir(at(host, 'instances/bot.1'));
    await writeFile(file, Array.from({ length: 60 }, (_, line) => `old ${line}\n`).join(''));
    const lines: string[] = [];
    const enough = new AbortController();
    const following = host.client.log(bot(), { onLine: (line) => lines.push(line), signal: enough.signal });
    await until(() => lines.length === 50);
    expect(lines[0]).toBe('old 10');
    await appendFile(file, '\u001b]0;title\u0007new 100%\ttab\n@x\tend\t0\n');
    await until(() => lines.length === 52);
    expect(lines.slice(50)).toEqual(['new 100%  tab', '@x  end  0']);
    await rename(file, `${file}.1`);
    await writeFile(file, 'after rotation\n');
    await until(() => lines.includes('after rotation'));
    enough.abort();
    await expect(following).rejects.toMatchObject({ name: 'Cancelled' });
    await until(() => processesIn(host) === 0);
  });
});

test('files that nothing runs have no log: following it ends', async () => {
  await using host = await makeHost('dash');
  await begin(host);
  const signal = new AbortController().signal;
  const site = bot({ service: { type: 'files' } });
  await expect(host.client.log(site, { onLine: () => undefined, signal })).resolves.toBeUndefined();
});
