import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/** ssh-agent in the foreground, on a socket of our own. */
export async function startAgent(socket: string) {
  const child = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const env = { ...process.env, SSH_AUTH_SOCK: socket };
  return {
    add: (file: string) => exec('ssh-add', ['-q', file], { env }),
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        child.once('close', () => resolve());
        child.kill();
      }),
  };
}
