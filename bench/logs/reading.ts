import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Project } from '../contenders/project.ts';
import type { Site } from '../site.ts';

/** A program whose output is read as it comes. */
export interface Reading extends AsyncDisposable {
  /** The most memory it has had so far, bytes; 0 when it has ended. */
  mostMemory(): number;
  /** Its exit code. */
  readonly ended: Promise<number | null>;
}

export interface Read {
  readonly argv: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly onChunk: (chunk: Buffer) => void;
}

/** Starts it; disposing ends it as Ctrl-C would. */
export function read({ argv, cwd, env, signal, onChunk }: Read): Reading {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { cwd, env, signal, stdio: ['ignore', 'pipe', 'ignore'] });
  child.on('error', () => undefined); // its end tells
  child.stdout.on('data', onChunk);
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return {
    ended,
    mostMemory: () => {
      if (child.exitCode !== null) return 0;
      return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGINT');
      await ended;
    },
  };
}

/** `slipway logs`, with these flags. */
export function slipwayLogs(
  { signal }: Site,
  { project: { folder, env, program }, flags, onChunk }: SlipwayLogs,
): Reading {
  const argv = [...program, 'logs', 'production', '--json', ...flags];
  return read({ argv, cwd: folder, env, signal, onChunk });
}

export interface SlipwayLogs {
  readonly project: Project;
  readonly flags: readonly string[];
  readonly onChunk: (chunk: Buffer) => void;
}

/** One connection by OpenSSH; its output is read the same way. */
export function sshTo({ sshConfigFile, signal }: Site, host: string, remote: Remote): Reading {
  return read({ argv: ['ssh', '-F', sshConfigFile, host, remote.command], signal, onChunk: remote.onChunk });
}

export interface Remote {
  readonly command: string;
  readonly onChunk: (chunk: Buffer) => void;
}

/** Counts the lines in what comes; settles when there are so many. */
export function lineCounter(most: number) {
  const { promise: full, resolve } = Promise.withResolvers<true>();
  let count = 0;
  const onChunk = (chunk: Buffer) => {
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) count += 1;
    if (count >= most) resolve(true);
  };
  return { onChunk, full, count: () => count };
}

/** Cuts what comes into objects. */
export function jsonReader(onObject: (object: unknown) => void): (chunk: Buffer) => void {
  let rest = '';
  const decoder = new TextDecoder();
  return (chunk) => {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onObject(JSON.parse(line));
  };
}
