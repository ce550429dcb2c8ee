import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { InstanceSettings } from '../../src/config/settings.ts';
import { createHostClient } from '../../src/host/client.ts';
import type { LocalHost } from '../support/local-host.ts';
import { type HostOptions, hostMaker, type Shell } from './shells.ts';
import { bot } from './stage.ts';
import { until } from './until.ts';

/** A service that always runs. */
export const ALWAYS = { type: 'command', start: 'true', stop: 'true', status: 'true', pidFile: undefined } as const;
/** An instance that is always well. */
export const WELL = { probe: { type: 'command', command: 'true' } } as const;

/** An app that answers as the test wants. */
export async function app(answer: RequestListener) {
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

export interface Asked {
  readonly number: number;
  readonly port: number;
  readonly want?: { readonly body?: string; readonly status?: number };
  readonly timeoutMs?: number;
}

/** bot.<number>, whose health and work an app tells at the port. */
export function told({ number, port, want = {}, timeoutMs = 3000 }: Asked): InstanceSettings {
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
export async function playing(host: LocalHost, programs: Readonly<Record<string, string>>) {
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

/** Makes hosts of which each keeps what is passing in a folder of its own. Call it once a test file. */
export function watchedHosts() {
  const makeHost = hostMaker();
  const all = mkdtempSync(join(realpathSync(tmpdir()), 'slipway-passing-'));
  afterAll(() => rmSync(all, { recursive: true, force: true }));
  return async (shell: Shell, options: HostOptions = {}) => {
    const folder = mkdtempSync(join(all, 'host-'));
    const env = { XDG_RUNTIME_DIR: join(folder, 'none'), TMPDIR: folder, ...options.env };
    const host = await makeHost(shell, { ...options, env });
    // nothing is left of who watched there
    return { ...host, left: () => until(async () => (await readdir(folder)).length === 0) };
  };
}
