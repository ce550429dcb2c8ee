import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProbeSettings } from '../../src/config/settings.ts';
import type { ProbeSample } from '../../src/host/state.ts';
import type { LocalHost } from '../support/local-host.ts';
import { find, hostMaker, onlyTools, SHELLS, which } from './shells.ts';
import { bot, freePort, NOTHING_SHARED, ONE } from './stage.ts';

const makeHost = hostMaker();

const hits: string[] = [];
let server: Server;
let base = '';
let closed = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url!.split('?')[0]!;
    hits.push(request.url!);
    switch (path) {
      case '/ok':
        response.end('hello\nbody\n');
        break;
      case '/bad':
        response.writeHead(503).end('out of tokens');
        break;
      case '/redirect':
        response.writeHead(302, { Location: request.url!.replace('redirect', 'target') }).end();
        break;
      case '/named':
        response.end(JSON.stringify({ ok: true, release: ONE }));
        break;
      case '/early':
        response.writeEarlyHints({ link: '</a.css>; rel=preload' });
        response.end('after the hints');
        break;
      case '/endless': {
        const timer = setInterval(() => response.write('x'.repeat(50_000)), 1);
        response.on('close', () => clearInterval(timer));
        break;
      }
      case '/silent':
        break; // no answer, ever
      default:
        response.end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  closed = await freePort();
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Every client alone on a host; `undefined` where this machine lacks it. */
const CLIENTS: Readonly<Record<string, Readonly<Record<string, string>> | undefined>> = {
  curl: tool('curl'),
  python3: tool('python3'),
  'GNU wget': tool('wget'),
  'busybox wget': { wget: which('busybox') },
  node: { node: process.execPath },
  perl: tool('perl'),
  bash: tool('bash'),
};

const BARE = onlyTools({});

function tool(name: string): Readonly<Record<string, string>> | undefined {
  const path = find(name);
  if (path === undefined && process.env['CI'] === 'true') throw new Error(`${name} is missing`);
  return path === undefined ? undefined : { [name]: path };
}

type Wanted = Omit<Extract<ProbeSettings, { type: 'http' }>, 'type' | 'url'>;

function http(path: string, { status, body }: Partial<Wanted> = {}): ProbeSettings {
  return { type: 'http', url: path.startsWith('/') ? base + path : path, status, body };
}

interface Asked {
  readonly samples: readonly (ProbeSample | undefined)[];
  readonly runs: readonly unknown[];
}

/** Asks for all of these at once, as instances of one host. */
async function ask(host: LocalHost, probes: readonly ProbeSettings[], timeoutMs = 5000): Promise<Asked> {
  const instances = probes.map((probe, index) =>
    bot({
      name: `bot.${index + 1}`,
      service: { type: 'command', start: '', stop: '', status: 'exit 0', pidFile: undefined },
      health: { probe, timeoutMs },
    }),
  );
  const state = await host.client.probe({ instances, shared: NOTHING_SHARED, depth: 'rights' });
  expect(state.findings.filter(({ what }) => what.includes('curl'))).toEqual([]);
  return { samples: state.instances.map(({ health }) => health), runs: state.instances.map(({ runs }) => runs) };
}

const sample = (healthy: boolean, outcome: string) => ({ healthy, outcome });
const plain = (samples: Asked['samples']) => samples.map((one) => one && sample(one.healthy, one.outcome));
const noAnswer = (seconds: number) => sample(false, `no answer in ${seconds}s or connection refused`);

describe.each(Object.keys(CLIENTS))('a host whose only client is %s', { concurrent: true }, (client) => {
  const tools = CLIENTS[client];
  const busybox = client === 'busybox wget';
  const path = tools && onlyTools(tools);
  const host = () => makeHost('dash', { env: { PATH: path! } });

  test.skipIf(!tools)('asks over http: status and body decide, as hosts.json expects them', async () => {
    await using made = await host();
    const { samples } = await ask(made, [
      http('/ok'),
      http('/ok', { body: 'hello\nbody' }),
      http('/ok', { body: 'absent' }),
      http('/ok', { status: 204 }),
      http('/bad'),
      http('/bad', { status: 503 }),
      http('/empty', { body: '200' }),
      http('/early', { body: 'after the hints' }),
      http("/ok?it's=$(touch%20x)&`x`", { body: 'hello' }),
      http(`http://127.0.0.1:${closed}/`),
    ]);
    expect(plain(samples)).toEqual([
      sample(true, '200'),
      sample(true, '200'),
      sample(false, '200, the body lacks: absent'),
      sample(false, '200'),
      sample(false, '503'),
      sample(true, '503'),
      sample(false, '200, the body lacks: 200'),
      // some take the first answer for the answer
      busybox || client === 'python3' ? sample(false, '103') : sample(true, '200'),
      sample(true, '200'),
      noAnswer(5),
    ]);
  });

  test.skipIf(!tools)('reads the body of a failure where the client can', async () => {
    await using made = await host();
    const { samples } = await ask(made, [http('/bad', { status: 503, body: 'tokens' })]);
    expect(samples[0]?.healthy).toBe(!busybox);
  });

  test.skipIf(!tools)('takes a redirection for the answer', async () => {
    await using made = await host();
    const mine = `?${encodeURIComponent(client)}`;
    const { samples } = await ask(made, [http(`/redirect${mine}`), http(`/redirect${mine}`, { status: 302 })]);
    expect(plain(samples)).toEqual([sample(false, '302'), sample(true, '302')]);
    const seen = hits.filter((url) => url.endsWith(mine));
    if (!busybox) expect(seen).toEqual([`/redirect${mine}`, `/redirect${mine}`]);
  });

  test.skipIf(!tools)('does not wait longer than its time, for silence or for an answer without end', async () => {
    await using made = await host();
    const { samples } = await ask(made, [http('/silent'), http('/endless')], 1000);
    expect(plain(samples)[0]).toEqual(noAnswer(1));
    for (const one of samples) expect(one?.latencyMs).toBeLessThan(5000);
  });

  test.skipIf(!tools)('asks what runs here past any proxy, and reads the release out of the reply', async () => {
    const proxy = {
      http_proxy: 'http://127.0.0.1:1',
      HTTP_PROXY: 'http://127.0.0.1:1',
      all_proxy: 'http://127.0.0.1:1',
    };
    await using made = await makeHost('dash', { env: { PATH: path!, ...proxy } });
    const { samples, runs } = await ask(made, [http('/named')]);
    expect(plain(samples)).toEqual([sample(true, '200')]);
    expect(runs).toEqual([{ type: 'release', id: ONE }]);
  });

  test.skipIf(!tools)('asks over tcp, whatever speaks there', async () => {
    const silent = createTcpServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    await using made = await host();
    const { samples } = await ask(made, [
      { type: 'tcp', host: '127.0.0.1', port },
      { type: 'tcp', host: '127.0.0.1', port: closed },
    ]);
    silent.close();
    expect(plain(samples)).toEqual([sample(true, 'open'), sample(false, 'no connection')]);
  });
});

test('a host without any client is told to need one', async () => {
  await using host = await makeHost('dash', { env: { PATH: BARE } });
  const instances = [bot()];
  const { findings } = await host.client.probe({ instances, shared: NOTHING_SHARED, depth: 'rights' });
  expect(findings.map(({ what }) => what)).toContain('curl (or wget, python3, node, perl, bash) is not installed');
});

test.concurrent.each(SHELLS)('a command decides by its status, in its time, under %s', async (shell) => {
  await using host = await makeHost(shell);
  const { samples } = await ask(
    host,
    [
      { type: 'command', command: 'exit 0' },
      { type: 'command', command: 'echo noise; echo more >&2; exit 3' },
      { type: 'command', command: 'exec sleep 30' },
      { type: 'command', command: 'read -r line && exit 0; exit 4' },
      { type: 'running' },
    ],
    1000,
  );
  expect(plain(samples)).toEqual([
    sample(true, 'exit 0'),
    sample(false, 'exit 3'),
    sample(false, 'no answer in 1s'),
    sample(false, 'exit 4'),
    sample(true, 'running'),
  ]);
  expect(existsSync(host.deployTo)).toBe(false);
});
