import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SceneInstance } from '../../src/demo/scene.ts';

/** What an instance pretends to be. */
interface Pretence {
  release: string;
  /** What /healthz says, when it is not the same. */
  healthRelease?: string;
  healthStatus: number;
}

/** Instances without a deployment behind them: real servers that answer as the sample bot does. */
export interface Bots extends AsyncDisposable {
  readonly instances: readonly SceneInstance[];
  readonly pretences: readonly Pretence[];
  /** All of them answer as this release, in good health. */
  serve(release: string): void;
}

/** Starts one for each port; 0 is any. */
export async function startBots(ports: readonly number[]): Promise<Bots> {
  const pretences = ports.map((): Pretence => ({ release: 'none', healthStatus: 200 }));
  const servers = await Promise.all(ports.map((port, index) => startBot(port, pretences[index]!)));
  return {
    instances: servers.map((server, index) => ({
      id: `bot.${index + 1}@fra-1`,
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    })),
    pretences,
    serve: (release) => {
      for (const pretence of pretences) {
        delete pretence.healthRelease;
        Object.assign(pretence, { release, healthStatus: 200 });
      }
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(servers.map((server) => once(server.close(), 'close')));
    },
  };
}

async function startBot(port: number, pretence: Pretence): Promise<Server> {
  const server = createServer((request, response) => {
    const { release, healthRelease = release, healthStatus } = pretence;
    if (request.url === '/') response.end(`Hello from release ${release}!\n`);
    else response.writeHead(healthStatus).end(JSON.stringify({ ok: healthStatus === 200, release: healthRelease }));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
