import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { appendFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createHostClient } from '../../src/host/client.ts';
import { hostScript } from '../../src/host/script.ts';
import { at } from './bots.ts';
import { watching } from './samples.ts';
import { hostMaker, SHELLS } from './shells.ts';
import { begin, bot } from './stage.ts';
import { until } from './until.ts';

const makeHost = hostMaker();

const ALWAYS = { type: 'command', start: 'true', stop: 'true', status: 'true', pidFile: undefined } as const;
const ALWAYS_WELL = { probe: { type: 'command', command: 'true' } } as const;

/** A folder for what is passing, which every host has. */
function passing() {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-passing-'));
  return {
    folder,
    env: { XDG_RUNTIME_DIR: join(folder, 'none'), TMPDIR: folder },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

describe.each(SHELLS)('samples for a person under %s', { concurrent: true }, (shell) => {
  test('come at once, with one probe each, without a lock, and leave nothing behind', async () => {
    using passed = passing();
    const { folder, env } = passed;
    await using host = await makeHost(shell, { env });
    const [one, other] = [bot({ service: ALWAYS, health: ALWAYS_WELL }), bot({ name: 'bot.2', service: ALWAYS })];
    const seen = watching(host, [one, other]);
    const first = await seen.next();
    expect(first).toMatchObject({ instance: 'bot.1@local-1', service: { status: 'running' }, release: undefined });
    expect(await readdir(folder)).toEqual([expect.stringMatching(/^slipway-sample\./)]);
    await seen.next(({ t }) => t > first.t);
    expect(seen.samples.slice(0, 2).map(({ probes }) => probes.map(({ healthy }) => healthy))).toEqual([
      [true],
      [false],
    ]);
    expect(seen.samples.every(({ probes }) => probes.length === 1)).toBe(true);
    await seen.end();
    await until(async () => (await readdir(folder)).length === 0);
    expect(existsSync(host.deployTo)).toBe(false);
  });

  test('count errors beside a rollout that holds the lock', async () => {
    using passed = passing();
    await using host = await makeHost(shell, { env: passed.env });
    await begin(host);
    await mkdir(at(host, 'instances/bot.1'), { recursive: true });
    const log = at(host, 'instances/bot.1/log');
    await writeFile(log, 'ERROR from yesterday\n');
    const seen = watching(host, [bot({ service: ALWAYS, health: ALWAYS_WELL })]);
    expect((await seen.next()).lines).toBeUndefined();
    expect((await seen.next()).lines).toEqual({ all: 0, errors: 0 });
    await appendFile(log, 'ERROR x\nfine\n');
    expect((await seen.next(({ lines }) => lines?.all !== 0)).lines).toEqual({ all: 2, errors: 1 });
    await expect(host.client.unlock({ rollout: 'r1' })).resolves.toMatchObject({ type: 'released' });
    await seen.next();
    await seen.end();
  });

  test('have times that go on evenly when the clock of the host is set', async () => {
    using passed = passing();
    const play = passed.folder;
    // an hour more each time that it is asked
    const date = `#!/bin/sh\nprintf x >>'${play}/asked'\nprintf '%s' "$(($(wc -c <'${play}/asked') * 3600 + 1000000))000"\n`;
    await writeFile(join(play, 'date'), date, { mode: 0o755 });
    await using host = await makeHost(shell, { first: play, env: passed.env });
    const seen = watching(host, [bot({ service: ALWAYS, health: ALWAYS_WELL })]);
    const times = [await seen.next(), await seen.next(), await seen.next()].map(({ t }) => t);
    await seen.end();
    expect(times[0]).toBeGreaterThanOrEqual(4600 * 1000);
    expect(times.every((t, index) => index === 0 || (t > times[index - 1]! && t - times[0]! < 600_000))).toBe(true);
  });
});

test('a host whose folder for what is passing is taken away says so, and nothing is left of the request', async () => {
  using passed = passing();
  const { folder, env } = passed;
  await using host = await makeHost('dash', { env: { ...env, XDG_RUNTIME_DIR: folder, TMPDIR: '/nonexistent' } });
  const seen = watching(host, [bot({ service: ALWAYS, health: ALWAYS_WELL })]);
  await seen.next();
  await rm(join(folder, (await readdir(folder))[0]!), { recursive: true });
  await expect(seen.done).rejects.toMatchObject({ code: 'SLIP_DISK', message: expect.stringContaining(folder) });
});

test('a machine without /proc tells of the service and its health, and of its load that it is unknown', async () => {
  const text = hostScript().text.replaceAll('/proc', '/nonexistent');
  const script = { text, sum: createHash('sha256').update(text).digest('hex'), packed: gzipSync(text) };
  using passed = passing();
  await using host = await makeHost('dash', { env: passed.env });
  const client = createHostClient({ ...host.context, script });
  await mkdir(at(host, 'instances/bot.1'), { recursive: true });
  await writeFile(at(host, 'instances/bot.1/bot.pid'), `${process.pid}\n`);
  const seen = watching({ client }, [bot({ service: { ...ALWAYS, pidFile: 'bot.pid' }, health: ALWAYS_WELL })]);
  expect(await seen.next()).toMatchObject({
    service: { status: 'running', start: expect.stringContaining(`${process.pid}.`) },
    probes: [{ healthy: true }],
    ...{ memory: undefined, cpuSeconds: undefined },
  });
  await seen.end();
});

test('the shell that waits for requests is left to them, and samples have one of their own', async () => {
  using passed = passing();
  await using host = await makeHost('dash', { env: passed.env });
  const opened: string[] = [];
  const open = (command: string) => {
    opened.push(command);
    return host.context.open(command);
  };
  const client = createHostClient({ ...host.context, open });
  await client.history(1);
  const seen = watching({ client }, [bot({ service: ALWAYS, health: ALWAYS_WELL })]);
  await seen.next();
  expect(opened).toHaveLength(2);
  await client.history(1);
  expect(opened).toHaveLength(2);
  await seen.end();
});
