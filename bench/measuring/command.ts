import { spawn } from 'node:child_process';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Longer than this and it hangs. */
  readonly timeoutMs?: number;
}

/** A command that ended with 0, and how long it took from before its start to its end, ms. */
export interface Timed {
  readonly ms: number;
  readonly stdout: string;
}

/** Runs a program that has to succeed. Ends it when the bench is interrupted. */
export function timed(argv: readonly string[], options: CommandOptions): Promise<Timed> {
  const { cwd, env = process.env, signal, timeoutMs = 180_000 } = options;
  const [program = '', ...args] = argv;
  const { promise, resolve, reject } = Promise.withResolvers<Timed>();
  const began = performance.now();
  const child = spawn(program, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
  const out: Buffer[] = [];
  const said: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  child.on('error', reject);
  child.on('close', (code) => {
    const ms = performance.now() - began;
    const stdout = Buffer.concat(out).toString();
    if (code === 0) resolve({ ms, stdout });
    else {
      const lines = `${stdout}\n${Buffer.concat(said).toString()}`.trim().split('\n').slice(-25).join('\n');
      reject(new Error(`${argv.slice(0, 6).join(' ')} ended with ${code ?? 'a signal'}:\n${lines}`));
    }
  });
  return promise;
}
