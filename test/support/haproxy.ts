import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createListener } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ProxySettings } from '../../src/config/settings.ts';

/** A real HAProxy on loopback with one backend, "web", and a server behind each of these names. */
export interface HaProxy extends AsyncDisposable {
  readonly proxy: ProxySettings;
  /** Where clients ask. */
  readonly url: string;
  /** Starts what stands behind a server, and waits until HAProxy has seen it. */
  start(server: string): Promise<void>;
  stop(server: string): Promise<void>;
  /** A command of its runtime socket; its answer. */
  say(command: string): Promise<string>;
}

export interface HaProxyOptions {
  readonly level?: 'admin' | 'operator';
  /** After each server's address. */
  readonly options?: string;
}

const SERVERS = ['bot.blue.1', 'bot.blue.2', 'bot.green.1', 'bot.green.2'] as const;

export async function startHaProxy({ level = 'admin', options = 'check' }: HaProxyOptions = {}): Promise<HaProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-haproxy-'));
  const socket = join(folder, 'admin.sock');
  const [front, ...ports] = await freePorts(SERVERS.length + 1);
  const servers = SERVERS.map((name, i) => `  server ${name} 127.0.0.1:${ports[i]!} ${options}`);
  const file = join(folder, 'haproxy.cfg');
  await writeFile(file, `${config(socket, front!, level)}${servers.join('\n')}\n`);
  const child = spawn('/usr/sbin/haproxy', ['-f', file, '-db'], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const say = (command: string) => tell(socket, command);
  const behind = new Map<string, Server>();
  const seen = async (server: string, state: '0' | '2') => {
    for (;;) {
      const line = (await say('show servers state web').catch(() => ''))
        .split('\n')
        .find((one) => one.includes(` ${server} `));
      if (line?.split(' ')[5] === state) return;
      await pause(20);
    }
  };
  await Promise.all(options === 'check' ? SERVERS.map((server) => seen(server, '0')) : [seen(SERVERS[0], '2')]);
  return {
    proxy: {
      ...{ type: 'haproxy', host: 'local-1', role: 'bot', socket, backend: 'web' },
      servers: SERVERS.map((server) => ({ server, instance: `${server}@local-1`, slot: slotOf(server) })),
    },
    url: `http://127.0.0.1:${front!}/`,
    say,
    start: async (server) => {
      const one = createServer((_, response) => response.end(server));
      one.listen(ports[SERVERS.findIndex((name) => name === server)], '127.0.0.1');
      await once(one, 'listening');
      behind.set(server, one);
      await seen(server, '2');
    },
    stop: async (server) => {
      behind.get(server)?.close().closeAllConnections();
      behind.delete(server);
      await seen(server, '0');
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
      behind.forEach((one) => one.close().closeAllConnections());
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function slotOf(server: string): 'blue' | 'green' {
  return server.includes('blue') ? 'blue' : 'green';
}

function config(socket: string, front: number, level: string): string {
  return `global
  stats socket ${socket} mode 660 level ${level}
defaults
  mode http
  timeout connect 1s
  timeout client 10s
  timeout server 10s
  default-server inter 50ms rise 2 fall 2
frontend web
  bind 127.0.0.1:${front}
  default_backend web
backend other
  server bot.blue.1 127.0.0.1:1 disabled
backend web
`;
}

async function tell(socket: string, command: string): Promise<string> {
  const connection = connect(socket).setEncoding('utf8');
  let answer = '';
  connection.on('data', (text: string) => (answer += text));
  connection.end(`${command}\n`);
  await once(connection, 'end');
  return answer;
}

async function freePorts(count: number): Promise<number[]> {
  const listeners = Array.from({ length: count }, () => createListener().listen(0, '127.0.0.1'));
  await Promise.all(listeners.map((one) => once(one, 'listening')));
  const ports = listeners.map((one) => (one.address() as AddressInfo).port);
  await Promise.all(listeners.map((one) => new Promise((resolve) => one.close(resolve))));
  return ports;
}
