import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { clientAddress } from '../../test/hosts/network.ts';
import { waitFor } from '../../test/hosts/process.ts';
import { command } from '../measuring/command.ts';

const PORT = 9418;

/** Serves a repository to the hosts, and to nobody else: it listens at the address that only they can reach. */
export async function serveRepository(repository: string, signal: AbortSignal): Promise<AsyncDisposable> {
  const folder = (await command(['git', '--exec-path'], { signal })).trim();
  const listen = [`--listen=${clientAddress}`, `--port=${PORT}`, '--reuseaddr'];
  const daemon = spawn(
    join(folder, 'git-daemon'),
    [...listen, '--export-all', `--base-path=${dirname(repository)}`, repository],
    { stdio: 'ignore' },
  );
  const served = { [Symbol.asyncDispose]: () => end(daemon) };
  try {
    await waitFor(answers, { within: 10_000, what: 'The git daemon does not answer' });
    return served;
  } catch (error) {
    await end(daemon);
    throw error;
  }
}

/** Where the hosts find a repository that is served. */
export function urlOf(repository: string): string {
  return `git://${clientAddress}/${basename(repository)}`;
}

function answers(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(PORT, clientAddress);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill();
  await gone;
}
