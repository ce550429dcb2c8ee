import { describe, expect, test } from 'vitest';
import { watching } from './samples.ts';
import { onlyTools, SHELLS, which } from './shells.ts';
import { until } from './until.ts';
import { app, playing, told, watchedHosts } from './watched.ts';

const makeHost = watchedHosts();

const NO_PROXY_OF_OURS = { http_proxy: 'http://127.0.0.1:9' };

describe.each(SHELLS)('watching under %s', { concurrent: true }, (shell) => {
  test.each(['perl', 'curl'])('asks all instances of a host with one %s', async (client) => {
    await using host = await makeHost(shell, { env: NO_PROXY_OF_OURS });
    await using tells = await app((request, response) => {
      const number = Number(/of=(\d+)/.exec(request.url!)![1]);
      if (request.url!.startsWith('/healthz')) response.writeHead(number === 3 ? 503 : 200).end(`all "well" ${number}`);
      else response.writeHead(number === 2 ? 500 : 200).end(`jobs_total{of="x"} ${number}0\njobs_total 1\nother 5\n`);
    });
    const perl = client === 'perl' ? `exec ${which('perl')} "$@"` : 'exit 1';
    const { calls, ...near } = await playing(host, { perl, curl: `exec ${which('curl')} "$@"` });
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
    expect((await calls('perl')).filter((words) => words.startsWith('-e'))).toHaveLength(1);
    // once for what it is able to do, then once a round
    const rounds = (await calls('curl')).slice(1);
    expect(new Set(rounds)).toEqual(new Set(client === 'perl' ? [] : ['-q -K urls']));
    expect(rounds.length - seen.disks.length).toBeLessThanOrEqual(1);
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

describe.each(['perl', 'curl'])('%s', (client) => {
  test('understands whatever an app may answer', async () => {
    await using host = await makeHost('dash');
    const near = await playing(host, client === 'perl' ? {} : { perl: 'exit 1' });
    await using tells = await app((request, response) => {
      const number = Number(/of=(\d+)/.exec(request.url!)![1]);
      if (number === 1) {
        response.write('hel');
        setTimeout(() => response.end('lo'), 50);
      } else if (number === 2) response.writeHead(302, { location: '/elsewhere' }).end();
      else if (number === 3) response.writeHead(204).end();
      else if (number === 4) {
        response.writeProcessing();
        response.end('hello');
      }
      // two answers, of which the second never ends
      else if (number === 5) response.socket!.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello');
      else request.socket.destroy();
    });
    const instances = [1, 2, 3, 4, 5, 6].map((number) => {
      const body = [1, 4, 5].includes(number) ? { body: 'hello' } : {};
      return { ...told({ number, port: tells.port, want: body }), metrics: undefined };
    });
    const dead = told({ number: 7, port: 1 });
    const named = told({ number: 8, port: tells.port });
    const url = `http://localhost:${tells.port}?of=1`;
    const byName = {
      ...{ ...named, metrics: undefined },
      health: { ...named.health, probe: { type: 'http', url, status: 200, body: 'hello' } as const },
    };
    const seen = watching(near, [...instances, { ...dead, metrics: undefined }, byName]);
    await until(() => seen.disks.length >= 1);
    await seen.end();
    expect(seen.samples.slice(0, 8).map(({ probes }) => probes[0]!.healthy)).toEqual([
      ...[true, false, true, true, true, false, false, true],
    ]);
    expect(seen.samples[0]!.probes[0]!.latencyMs).toBeGreaterThanOrEqual(40);
    expect(seen.samples[4]!.probes[0]!.latencyMs).toBeLessThan(2000);
    await host.left();
  });
});

test('a perl that ends is done without', async () => {
  await using host = await makeHost('dash');
  await using tells = await app((_, response) => response.end('jobs_total 5\n'));
  const near = await playing(host, { perl: `exec timeout 2 ${which('perl')} "$@"` });
  const seen = watching(near, [told({ number: 1, port: tells.port })]);
  const works = () => seen.samples.map(({ counters }) => counters?.work);
  await until(() => works().length >= 5);
  await seen.end();
  expect(works().filter((work) => work === undefined).length).toBeLessThanOrEqual(1);
  expect(works().at(-1)).toBe(5);
  expect((await near.calls('perl')).filter((words) => words.startsWith('-e'))).toHaveLength(1);
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
