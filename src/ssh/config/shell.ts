import { spawn } from 'node:child_process';
import type { Environment } from '../tokens.ts';

/** `Match exec` runs commands of the user's choice: not for ever. */
const DEADLINE_MS = 15_000;

/** Whether a command ends with 0, run by the user's shell as `Match exec` wants it, seeing and saying nothing. */
export function succeeds(command: string, env: Environment): Promise<boolean> {
  return new Promise((resolve) => {
    const shell = env['SHELL'] || '/bin/sh';
    const options = { env: { ...env }, stdio: 'ignore', timeout: DEADLINE_MS } as const;
    const child = spawn(shell, ['-c', command], options);
    child.once('error', () => resolve(false));
    child.once('close', (code) => resolve(code === 0));
  });
}
