import { spawn } from 'node:child_process';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Longer than this and it hangs. */
  readonly timeoutMs?: number;
}

/** Runs a program that has to succeed; answers with what it wrote. Ends it when the bench is interrupted. */
export function command(argv: readonly string[], options: CommandOptions): Promise<string> {
  const { cwd, env = process.env, signal, timeoutMs = 300_000 } = options;
  const [program = '', ...args] = argv;
  const { promise, resolve, reject } = Promise.withResolvers<string>();
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
    const output = Buffer.concat(out).toString();
    if (code === 0) return resolve(output);
    const last = `${output}\n${Buffer.concat(said).toString()}`.trim().split('\n').slice(-25).join('\n');
    reject(new Error(`${argv.slice(0, 6).join(' ')} ended with ${code ?? 'a signal'}:\n${last}`));
  });
  return promise;
}
