import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { InstanceSettings } from '../../src/config/settings.ts';
import { createHostClient } from '../../src/host/client.ts';
import type { LocalHost } from '../support/local-host.ts';
import { at } from './bots.ts';
import { watching } from './samples.ts';
import { hostMaker, onlyTools, SHELLS, which } from './shells.ts';
import { bot } from './stage.ts';
import { until } from './until.ts';

const makeHost = hostMaker();

const ALWAYS = { type: 'command', start: 'true', stop: 'true', status: 'true', pidFile: undefined } as const;
const WELL = { probe: { type: 'command', command: 'true' } } as const;
const NO_PROXY_OF_OURS = { http_proxy: 'http://127.0.0.1:9' };

/** An app that answers as the test wants. */
async function app(answer: RequestListener) {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Asked {
  readonly number: number;
  readonly port: number;
  readonly want?: { readonly body?: string; readonly status?: number };
  readonly timeoutMs?: number;
}

/** bot.<number>, whose health and work an app tells at the port. */
function told({ number, port, want = {}, timeoutMs = 3000 }: Asked): InstanceSettings {
  const url = (path: string) => `http://127.0.0.1:${port}/${path}`;
  const probe = { type: 'http', url: url(`healthz?of=${number}`), status: want.status, body: want.body } as const;
  return {
    ...bot({ name: `bot.${number}`, service: ALWAYS, health: { probe, timeoutMs } }),
    metrics: {
      url: url(`metrics?of=${number}`),
      ...{ requests: undefined, failed: undefined, latency: undefined },
      work: { name: 'jobs_total', labels: [] },
    },
  };
}

/** Programs that only play stand before those of the host, and note each time that they are started. */
async function playing(host: LocalHost, programs: Readonly<Record<string, string>>) {
  const play = join(host.deployTo, '..', 'play');
  await mkdir(play, { recursive: true });
  for (const [name, text] of Object.entries(programs)) {
    await writeFile(join(play, name), `#!/bin/sh\nprintf '%s\\n' "$*" >>'${play}/${name}.calls'\n${text}\n`, {
      mode: 0o755,
    });
  }
  const calls = async (name: string) =>
    (await readFile(join(play, `${name}.calls`), 'utf8').catch(() => '')).split('\n').filter(Boolean);
  return { play, calls, client: createHostClient({ ...host.context, path: [play] }) };
}

describe.each(SHELLS)('watching under %s', { concurrent: true }, (shell) => {
  test('asks all instances of a host with one client for HTTP', async () => {
    await using host = await makeHost(shell, { env: NO_PROXY_OF_OURS });
    await using tells = await app((request, response) => {
      const number = Number(/of=(\d+)/.exec(request.url!)![1]);
      if (request.url!.startsWith('/healthz')) response.writeHead(number === 3 ? 503 : 200).end(`all "well" ${number}`);
      else response.writeHead(number === 2 ? 500 : 200).end(`jobs_total{of="x"} ${number}0\njobs_total 1\nother 5\n`);
    });
    const { calls, ...near } = await playing(host, { curl: `exec ${which('curl')} "$@"` });
    const want = { 1: { body: 'all "well" 1' }, 2: { body: 'ill' }, 3: {}, 4: { status: 404 } };
    const instances = [1, 2, 3, 4].map((number) =>
      told({ number, port: tells.port, want: want[number as keyof typeof want] }),
    );
    const seen = watching(near, instances);
    await until(() => seen.disks.length >= 2);
    const round = seen.samples.slice(0, 4);
    await seen.end();
    expect(round.map(({ instance, probes }) => [instance.slice(0, 5), probes[0]!.healthy])).toEqual([
      ['bot.1', true],
      ['bot.2', false],
      ['bot.3', false],
      ['bot.4', false],
    ]);
    expect(round.every(({ probes }) => probes[0]!.latencyMs! >= 0 && probes[0]!.latencyMs! < 3000)).toBe(true);
    expect(round.map(({ counters }) => counters?.work)).toEqual([11, undefined, 31, 41]);
    // once for what it is able to do, then once a round
    const rounds = (await calls('curl')).slice(1);
    expect(new Set(rounds)).toEqual(new Set(['-q -K urls']));
    expect(rounds.length - seen.disks.length).toBeLessThanOrEqual(1);
  });

  test('tells of the disk, and of a process that ends at once, though its command is asked once a minute', async () => {
    await using host = await makeHost(shell);
    const child = spawn(which('sleep'), ['60']);
    await mkdir(at(host, 'instances/bot.1'), { recursive: true });
    await writeFile(at(host, 'instances/bot.1/bot.pid'), `${child.pid!}\n`);
    const asked = join(host.deployTo, 'asked');
    const status = `echo x >>'${asked}'; kill -0 $(cat ../bot.pid) || exit 3`;
    await mkdir(at(host, 'instances/bot.1/current'));
    const service = { ...ALWAYS, status, pidFile: 'bot.pid' };
    const seen = watching(host, [bot({ service, health: { probe: { type: 'running' } } })]);
    await until(() => seen.samples.length >= 3);
    expect(seen.samples.map(({ service: { status: told } }) => told)).toEqual(seen.samples.map(() => 'running'));
    expect(await readFile(asked, 'utf8')).toBe('x\n');
    expect(seen.samples.at(-1)!.memory).toBeGreaterThan(100_000);
    child.kill();
    const after = await seen.next(({ service: { status: told } }) => told === 'stopped');
    expect(after.probes).toMatchObject([{ healthy: false }]);
    await seen.end();
    expect(seen.disks[0]).toMatchObject({ usedBytes: expect.any(Number) as number });
    expect(seen.disks[0]!.freeBytes).toBeGreaterThan(1e6);
    expect(seen.disks.every((disk) => disk !== undefined)).toBe(true);
  });

  test('counts whole lines of a log, also of one that is begun anew, that appears later, or that holds a zero', async () => {
    await using host = await makeHost(shell);
    const log = (name: string) => at(host, `instances/${name}/log`);
    for (const name of ['bot.1', 'bot.2']) await mkdir(at(host, `instances/${name}`), { recursive: true });
    await writeFile(log('bot.1'), 'ERROR from yesterday\n'.repeat(1000));
    const seen = watching(
      host,
      [1, 2].map((n) => bot({ name: `bot.${n}`, service: ALWAYS, health: WELL })),
    );
    const sum = (name: string) =>
      seen.samples
        .flatMap(({ instance, lines }) => (instance.startsWith(name) && lines ? [lines] : []))
        .reduce((total, { all, errors }) => ({ all: total.all + all, errors: total.errors + errors }), {
          all: 0,
          errors: 0,
        });
    const counted = (name: string, all: number) => until(() => (sum(name).all >= all ? sum(name) : undefined));
    await seen.next();
    expect(seen.samples[0]!.lines).toBeUndefined();
    await appendFile(log('bot.1'), '{"level":50,"msg":"x"}\nfine 100%\n{"level":5');
    expect(await counted('bot.1', 2)).toEqual({ all: 2, errors: 1 });
    await appendFile(log('bot.1'), '0}\n');
    expect(await counted('bot.1', 3)).toEqual({ all: 3, errors: 2 });
    await rename(log('bot.1'), `${log('bot.1')}.1`);
    await writeFile(log('bot.1'), 'TypeError: x is not a function\n');
    expect(await counted('bot.1', 4)).toEqual({ all: 4, errors: 3 });
    await writeFile(log('bot.1'), 'fine\n');
    expect(await counted('bot.1', 5)).toEqual({ all: 5, errors: 3 });
    // some awks take a zero for the end of a line
    await appendFile(log('bot.1'), 'ERROR\0 x\n'.repeat(100));
    const { all } = await counted('bot.1', 105);
    await appendFile(log('bot.1'), 'fine\n');
    expect((await counted('bot.1', all + 1)).all).toBe(all + 1);
    // it is first seen with what may be old
    await writeFile(log('bot.2'), 'old\n');
    await seen.next(({ instance, lines }) => instance.startsWith('bot.2') && lines !== undefined);
    await appendFile(log('bot.2'), 'panic: new\n');
    expect(await counted('bot.2', 1)).toEqual({ all: 1, errors: 1 });
    await seen.end();
  });

  test('asks systemd for all units at once, and follows one journal for all of them', async () => {
    await using host = await makeHost(shell);
    const { play, calls, ...near } = await playing(host, {
      systemctl: `exec cat "\${0%/*}/show"`,
      journalctl: `exec tail -n 0 -f "\${0%/*}/journal"`,
    });
    const unit = (start: string, restarts: number) =>
      `LoadState=loaded\nActiveState=active\nMainPID=0\nInvocationID=${start}\nNRestarts=${restarts}\nMemoryCurrent=120000000\nCPUUsageNSec=2500000000\n`;
    await writeFile(join(play, 'show'), `${unit('i1', 0)}\n${unit('i2', 3)}`);
    await writeFile(join(play, 'journal'), '');
    const instances = ['greeter@1', 'a\\x2db'].map((name, index) => ({
      ...bot({ name: `bot.${index + 1}`, service: { type: 'systemd', unit: name, scope: 'user' } }),
      health: { ...bot().health, probe: { type: 'running' } as const },
    }));
    const seen = watching(near, instances);
    await until(() => seen.samples.length >= 4);
    expect(seen.samples.slice(0, 2)).toMatchObject([
      { instance: 'bot.1@local-1', service: { status: 'running', start: 'i1', restarts: 0 }, cpuSeconds: 2.5 },
      { instance: 'bot.2@local-1', service: { status: 'running', start: 'i2', restarts: 3 }, memory: 120e6 },
    ]);
    const line = (of: string, message: string, priority = 6) =>
      `${JSON.stringify({ PRIORITY: String(priority), MESSAGE: message, _SYSTEMD_USER_UNIT: of, _SYSTEMD_UNIT: 'user@0.service' })}\n`;
    await appendFile(
      join(play, 'journal'),
      line('greeter@1.service', 'lost', 3) +
        line('a\\x2db.service', '"USER_UNIT":"greeter@1.service"') +
        line('other.service', 'x', 3),
    );
    const first = await seen.next(({ lines }) => (lines?.all ?? 0) > 0);
    expect(first).toMatchObject({ instance: 'bot.1@local-1', lines: { all: 1, errors: 1 } });
    const other = await until(() => seen.samples.find(({ instance, lines }) => /^bot.2/.test(instance) && lines?.all));
    expect(other.lines).toEqual({ all: 1, errors: 0 });
    await seen.end();
    const shows = await calls('systemctl');
    expect(shows[0]).toMatch(/^--user show greeter@1 a\\x2db -p LoadState,/);
    expect(shows.length - seen.disks.length).toBeLessThanOrEqual(1);
    expect(await calls('journalctl')).toEqual([
      expect.stringMatching(/ -n 0 -f --user --user-unit greeter@1 --user-unit a\\x2db$/),
    ]);
  });

  test('asks each unit for itself where systemd does not answer for all', async () => {
    await using host = await makeHost(shell);
    const { ...near } = await playing(host, {
      systemctl: `case "$*" in *a*b*-p*) exit 1 ;; esac; printf 'LoadState=loaded\\nActiveState=active\\nMainPID=0\\nInvocationID=%s\\n' "$2"`,
      journalctl: 'exit 1',
    });
    const instances = ['a', 'b'].map((name, index) =>
      bot({
        name: `bot.${index + 1}`,
        service: { type: 'systemd', unit: name, scope: 'system' },
        health: { probe: { type: 'running' } },
      }),
    );
    const seen = watching(near, instances);
    await until(() => seen.disks.length >= 2);
    await seen.end();
    expect(seen.samples.slice(0, 2)).toMatchObject([
      { service: { status: 'running', start: 'a' }, lines: undefined },
      { service: { status: 'running', start: 'b' }, lines: undefined },
    ]);
  });
});

test('an instance that hangs does not hold up the others, and is ill', async () => {
  await using host = await makeHost('dash');
  await using tells = await app((request, response) => {
    if (!/of=1/.test(request.url!)) response.end('jobs_total 5\n');
  });
  const instances = [1, 2, 3].map((number) => told({ number, port: tells.port, timeoutMs: 1000 }));
  const seen = watching(host, instances);
  await until(() => seen.disks.length >= 2);
  await seen.end();
  expect(seen.samples.slice(0, 3).map(({ probes, counters }) => [probes[0]!.healthy, counters?.work])).toEqual([
    [false, undefined],
    [true, 5],
    [true, 5],
  ]);
  const [first, second] = seen.samples.filter(({ instance }) => instance.startsWith('bot.3'));
  expect(second!.t - first!.t).toBeLessThan(3000);
});

test.each([['wget'], ['node']])('where there is no curl but %s, each instance is asked for itself', async (tool) => {
  const path = onlyTools({ [tool]: which(tool) });
  await using host = await makeHost('dash', { env: { PATH: path } });
  await using tells = await app((request, response) =>
    response.end(`jobs_total ${/of=(\d)/.exec(request.url!)![1]!}\n`),
  );
  const seen = watching(
    host,
    [1, 2].map((number) => told({ number, port: tells.port })),
  );
  await until(() => seen.disks.length >= 1);
  await seen.end();
  expect(seen.samples.slice(0, 2).map(({ probes, counters }) => [probes[0]!.healthy, counters?.work])).toEqual([
    [true, 1],
    [true, 2],
  ]);
});
