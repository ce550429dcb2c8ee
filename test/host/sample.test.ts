import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, chmod, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createHostClient } from '../../src/host/client.ts';
import type { LocalHost } from '../support/local-host.ts';
import { at, withReleases } from './bots.ts';
import { sampling } from './samples.ts';
import { hostMaker, SHELLS, which } from './shells.ts';
import { begin, bot, change, ONE, TWO } from './stage.ts';
import { until } from './until.ts';

const makeHost = hostMaker();

/** An app's /metrics, as long as a test wants it. */
async function metricsOf(told: { text: string; status?: number }) {
  const server = createServer((_, response) => response.writeHead(told.status ?? 200).end(told.text));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}/metrics`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const pageOf = (failed: number) => `# TYPE r counter
r{method="GET",status="200"} 40
r{method="POST",status="200",note="a,b=\\"}"} 2
r{status="500",method="GET"} ${failed}
r{status="404",method="GET"} 3 1395066363000
d_bucket{route="/a",le="0.1"} 4
d_bucket{route="/b",le="0.1"} 5
d_bucket{route="/a",le="+Inf"} 6
jobs_total 1.5e+03
jobs_total_of_others 7
jobs_total NaN
r{half
`;

describe.each(SHELLS)('samples under %s', { concurrent: true }, (shell) => {
  test('tell of the process, its health, its log and its metrics', async () => {
    await using host = await withReleases(makeHost(shell), {});
    const page = { text: pageOf(5), status: 200 };
    await using app = await metricsOf(page);
    const plain = { ...bot({ port: host.port }), metrics: undefined };
    await change(host, plain, { to: ONE });
    const status = { label: 'status', pattern: '5..' };
    const metrics = {
      ...{ url: app.url, requests: { name: 'r', labels: [] }, failed: { name: 'r', labels: [status] } },
      ...{ latency: { name: 'd', labels: [] }, work: { name: 'jobs_total', labels: [] } },
    };
    const taking = sampling(host, [{ ...plain, metrics }]);
    const first = await taking.next();
    expect(first).toMatchObject({
      instance: 'bot.1@local-1',
      service: { status: 'running', start: expect.stringMatching(/^\d+\.\d+$/) as string, outOfMemory: false },
      release: ONE,
      // what it begins with may be old
      lines: undefined,
      memoryLimit: undefined,
      counters: {
        requests: 50,
        failedRequests: 5,
        work: 1500,
        latency: [
          { le: 0.1, count: 9 },
          { le: Infinity, count: 6 },
        ],
      },
    });
    expect(first.probes.length).toBeGreaterThan(0);
    expect(first.probes.every(({ healthy, latencyMs }) => healthy && latencyMs !== undefined)).toBe(true);
    expect(Math.abs(first.t - Date.now())).toBeLessThan(5000);
    expect(first.memory).toBeGreaterThan(10e6);
    expect(first.cpuSeconds).toBeGreaterThanOrEqual(0);
    page.text = pageOf(9);
    await taking.next(({ counters }) => counters?.failedRequests === 9);
    page.status = 503;
    await taking.next(({ counters }) => counters === undefined);
    await taking.end();
    await until(async () =>
      (await readdir(at(host, '.slipway/rollouts/r1'))).every((name) => !name.startsWith('sample')),
    );
  });

  test('count the lines of a log, whole ones, also when it is begun anew', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    const log = at(host, 'instances/bot.1/log');
    await mkdir(at(host, 'instances/bot.1'), { recursive: true });
    await writeFile(log, 'ERROR from yesterday\n'.repeat(1000));
    const health = { probe: { type: 'command', command: 'true' } } as const;
    const service = { type: 'command', start: 'true', stop: 'true', status: 'true', pidFile: undefined } as const;
    const taking = sampling(host, [bot({ service, health })]);
    await taking.next();
    const counted = (all: number) =>
      until(() => {
        const known = taking.samples.flatMap(({ lines }) => (lines ? [lines] : []));
        const sum = { all: 0, errors: 0 };
        known.forEach(({ all: more, errors }) => ((sum.all += more), (sum.errors += errors)));
        return sum.all >= all ? sum : undefined;
      });
    await appendFile(log, '{"level":50,"msg":"x"}\n{"level":30,"msg":"ERROR: none"}\nfine 100%\n{"level":5');
    expect(await counted(3)).toEqual({ all: 3, errors: 1 });
    await appendFile(log, '0}\n');
    expect(await counted(4)).toEqual({ all: 4, errors: 2 });
    await rename(log, `${log}.1`);
    await writeFile(log, 'TypeError: x is not a function\n');
    expect(await counted(5)).toEqual({ all: 5, errors: 3 });
    await writeFile(log, 'fine\n');
    expect(await counted(6)).toEqual({ all: 6, errors: 3 });
    await taking.end();
  });

  test('of a unit take its journal with its priorities, and what systemd counts', async () => {
    await using host = await makeHost(shell);
    const { play, put, ...near } = await playing(host);
    await put('systemctl', `cat '${play}/show'`);
    await put('journalctl', `exec tail -n 0 -f '${play}/journal'`);
    await writeFile(join(play, 'journal'), '');
    const show = (more: string) =>
      writeFile(
        join(play, 'show'),
        `LoadState=loaded\nActiveState=active\nMainPID=0\nInvocationID=i1\nResult=success\nMemoryCurrent=120000000\nMemoryMax=infinity\nCPUUsageNSec=[not set]\n${more}`,
      );
    await show('');
    await begin(host);
    const unit = { type: 'systemd', unit: 'greeter@1', scope: 'system' } as const;
    const taking = sampling(near, [bot({ service: unit, health: { probe: { type: 'running' } } })]);
    expect(await taking.next()).toMatchObject({
      ...{ memory: 120e6, memoryLimit: undefined, cpuSeconds: undefined, lines: undefined },
      service: { status: 'running', start: 'i1' },
    });
    await appendFile(
      join(play, 'journal'),
      '{"PRIORITY":"3","MESSAGE":"lost"}\n{"PRIORITY":"6","MESSAGE":"{\\"level\\":\\"info\\",\\"m\\":\\"ERROR\\"}"}\n',
    );
    const { lines } = await taking.next((sample) => (sample.lines?.all ?? 0) > 0);
    expect(lines).toEqual({ all: 2, errors: 1 });
    await show('MemoryMax=500000000\nCPUUsageNSec=2500000000\nActiveState=failed\nResult=oom-kill\n');
    const dead = await taking.next(({ service }) => service.outOfMemory);
    expect(dead).toMatchObject({ memoryLimit: 500e6, cpuSeconds: 2.5, service: { status: 'failed' } });
    expect(dead.probes.some(({ healthy }) => !healthy)).toBe(true);
    await taking.end();
    await until(() => !execFileSync('ps', ['-eo', 'args']).toString().includes(`${play}/journal`));
  });
});

/** Programs that only play stand before those of the host. */
async function playing(host: LocalHost) {
  const play = join(host.deployTo, '..', 'play');
  await mkdir(play);
  const put = async (name: string, text: string) => {
    await writeFile(join(play, name), `#!/bin/sh\n${text}\n`);
    await chmod(join(play, name), 0o755);
  };
  return { play, put, client: createHostClient({ ...host.context, path: [play] }) };
}

test('a journal that nobody may read is unknown, and not silence', async () => {
  await using host = await makeHost('dash');
  const { put, ...near } = await playing(host);
  await put('systemctl', 'printf "LoadState=loaded\\nActiveState=active\\nMainPID=0\\nInvocationID=i1\\n"');
  await put('journalctl', 'exit 1');
  await begin(host);
  const unit = { type: 'systemd', unit: 'greeter@1', scope: 'user' } as const;
  const taking = sampling(near, [bot({ service: unit, health: { probe: { type: 'running' } } })]);
  await taking.next();
  expect(await taking.next()).toMatchObject({ lines: undefined, service: { status: 'running' } });
  await taking.end();
});

test('files that nothing runs are what their link says', async () => {
  await using host = await withReleases(makeHost('dash'), {}, {});
  const site = bot({ service: { type: 'files' }, health: { probe: { type: 'running' }, minHealthyMs: 0 } });
  await change(host, site, { to: TWO });
  const taking = sampling(host, [site]);
  expect(await taking.next()).toMatchObject({ release: TWO, service: { status: 'none', start: '' } });
  await taking.end();
});

test('a process that ends is told at the next sample', async () => {
  await using host = await makeHost('dash');
  await begin(host);
  const child = spawn(which('sleep'), ['60']);
  await mkdir(at(host, 'instances/bot.1'), { recursive: true });
  await writeFile(at(host, 'instances/bot.1/bot.pid'), `${child.pid!}\n`);
  const service = {
    type: 'command',
    start: 'true',
    stop: 'true',
    status: 'kill -0 $(cat ../bot.pid) || exit 3',
  } as const;
  await mkdir(at(host, 'instances/bot.1/current'));
  const health = { probe: { type: 'running' } } as const;
  const taking = sampling(host, [bot({ service: { ...service, pidFile: 'bot.pid' }, health })]);
  expect((await taking.next()).service.status).toBe('running');
  child.kill();
  expect((await taking.next(({ service: { status } }) => status !== 'running')).service.status).toBe('stopped');
  await taking.end();
});

test('rollouts whose journal holds an analysis can be told from others', async () => {
  await using host = await makeHost('busybox');
  await begin(host);
  for (const [rollout, text] of [
    ['r1', '{"type":"rollout.started"}'],
    ['r2', '{"v":1,"type":"analysis.started"}'],
    ['r3', '{"v":1,"type":"analysis.started"}'],
  ] as const) {
    await mkdir(at(host, `.slipway/rollouts/${rollout}`), { recursive: true });
    await writeFile(at(host, `.slipway/rollouts/${rollout}/events.ndjson`), `${text}\n`);
  }
  expect(await host.client.analysed()).toEqual(['r2', 'r3']);
});

const PART = join(import.meta.dirname, '../../src/host/script-on-request/sample.sh');

/** What is asked of the awk of a host, line by line. */
function tellsOfError(awk: string, form: 'plain' | 'direct', lines: readonly string[]): readonly boolean[] {
  const script = `awk() { command ${awk} "$@"; }; . '${PART}'; while IFS= read -r l; do printf '%s\\n' "$l" | count_lines "$1" 9999; done`;
  const input = lines.map((line) => `${line}\n`).join('');
  const out = execFileSync('dash', ['-c', script, 'sh', form], {
    input,
    env: { ...process.env, LC_ALL: 'C' },
  }).toString();
  return out
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ')[1] === '1');
}

describe.each(['awk', 'busybox awk'])('a line of a log, as %s reads it,', (awk) => {
  const BAD = [
    '{"time":1,"level":50,"msg":"x"}',
    '{"msg":"x","level": "Error"}',
    '{"severity":"CRITICAL","message":"x"}',
    'time=1 level=error msg="x"',
    'ts=1 lvl="fatal" x',
    '2026-11-22 12:00:00 [ERROR] no INFO',
    '\u001b[31mERROR\u001b[0m x',
    'TypeError: x is not a function',
    'Traceback (most recent call last):',
    'panic: runtime error',
  ];
  const FINE = [
    '{"level":30,"msg":"ERROR: x"}',
    '{"msg":"said \\"level\\":\\"error\\"","level":"info"}',
    '{"error":"x"}',
    'time=1 level=info msg="Error: x"',
    'INFO no ERROR at all',
    'WARN it is an Error: x',
    'ERRORS are none',
    'errors: 0',
    '',
  ];
  test('tells of an error by its level, and by its words only where it has none', () => {
    expect(tellsOfError(awk, 'plain', [...BAD, ...FINE])).toEqual([...BAD.map(() => true), ...FINE.map(() => false)]);
  });

  test('has the priority that the journal gives it, unless it has a level of its own', () => {
    const entry = (priority: number, message: unknown) =>
      JSON.stringify({ PRIORITY: String(priority), MESSAGE: message });
    const coloured = [...Buffer.from('\u001b[31mERROR\u001b[0m x')];
    const bad = [entry(3, 'x'), entry(6, '{"level":50}'), entry(6, coloured), entry(6, 'a\nERROR b')];
    const fine = [entry(3, '{"level":30}'), entry(6, '"PRIORITY":"3"'), entry(4, 'x'), entry(6, null)];
    expect(tellsOfError(awk, 'direct', [...bad, ...fine])).toEqual([...bad.map(() => true), ...fine.map(() => false)]);
  });
});
