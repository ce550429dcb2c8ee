import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** A process that cannot be confused with a later one of the same number. */
export type ProcessId = { readonly pid: number; readonly startedAt: string };

/** What a finished command left behind. A command ended by a signal has code 128 + its number, as in a shell. */
export type Outcome = { readonly code: number; readonly stdout: string; readonly stderr: string };

export type RunOptions = { readonly input?: string | Uint8Array; readonly signal?: AbortSignal };

const signalBase = 128;
const unknownSignal = 127;

/** Runs a program to its end. Rejects only when it cannot be started or is aborted. */
export function run(argv: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const [program = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      ...(options.signal && { signal: options.signal }),
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
    // A program may end without reading its input; that is for its exit code to tell.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const ended = code ?? signalBase + (signal === 'SIGKILL' ? 9 : signal === 'SIGTERM' ? 15 : unknownSignal);
      resolve({ code: ended, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() });
    });
  });
}

/** Runs a program that has to succeed; returns its output. */
export async function must(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const outcome = await run(argv, options);
  if (outcome.code === 0) return outcome.stdout;
  const lines = outcome.stderr.trim().split('\n').slice(-15).join('\n');
  throw new Error(`${argv.slice(0, 8).join(' ')} ended with ${outcome.code}: ${lines}`);
}

/** Identifies a running process; undefined when there is none (a zombie is none). */
export function identify(pid: number): ProcessId | undefined {
  const stat = readOrUndefined(`/proc/${pid}/stat`);
  // The second field is the program's name in brackets and may hold anything, so counting starts after it.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startedAt] = [fields?.[0], fields?.[19]];
  return startedAt === undefined || state === 'Z' || state === 'X' ? undefined : { pid, startedAt };
}

/** True while exactly this process runs. */
export function isAlive(process: ProcessId | undefined): process is ProcessId {
  return process !== undefined && identify(process.pid)?.startedAt === process.startedAt;
}

/** The direct children of a process. */
export function childrenOf(pid: number): number[] {
  const line = readOrUndefined(`/proc/${pid}/task/${pid}/children`) ?? '';
  return line.trim().split(' ').filter(Boolean).map(Number);
}

/** True for the first process of a pid namespace one below ours: a container's init. */
export function isInit(pid: number): boolean {
  return /^NSpid:\t\d+\t1$/m.test(readOrUndefined(`/proc/${pid}/status`) ?? '');
}

export function killIfThere(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself.
  }
}

/** Waits until the condition yields something; gives up with a sentence. Conditions here are facts of /proc, which tells no one. */
export async function waitFor<T>(
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  options: { readonly within: number; readonly what: string; readonly every?: number },
): Promise<T> {
  const deadline = performance.now() + options.within;
  for (;;) {
    const found = await condition();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`${options.what} (waited ${options.within / 1000} s)`);
    await pause(options.every ?? 20);
  }
}

/** A file's text, or undefined when it cannot be read. */
export function readOrUndefined(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
