import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { UserError } from '../base/errors.ts';
import { formatDuration } from '../base/duration.ts';
import { sanitise } from '../base/sanitise.ts';
import { createLineSplitter } from './lines.ts';

export interface BuildOptions {
  readonly commands: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** For each command. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Each command as `$ npm ci`, then its lines, fit for a terminal. */
  readonly onOutput: (line: string) => void;
}

/** Last lines of a failed command that its error carries. */
const TAIL = 20;
/** How long a command that was told to end may clean up. */
const GRACE_MS = 5000;

/** Runs the commands one after another with `sh -c`; the first that fails ends it. */
export async function runBuild(options: BuildOptions): Promise<void> {
  for (const command of options.commands) {
    options.onOutput(`$ ${sanitise(command)}`);
    await runCommand(command, options);
  }
}

async function runCommand(command: string, options: BuildOptions): Promise<void> {
  const { signal, timeoutMs } = options;
  signal?.throwIfAborted();
  const deadline = AbortSignal.timeout(timeoutMs);
  const tail: string[] = [];
  const ended = await run(command, {
    ...options,
    stop: signal ? AbortSignal.any([signal, deadline]) : deadline,
    onOutput: (line) => {
      tail.push(line);
      if (tail.length > TAIL) tail.shift();
      options.onOutput(line);
    },
  });
  signal?.throwIfAborted();
  if (ended !== 'exit 0' || deadline.aborted)
    throw buildError(command, tail, deadline.aborted ? overtime(timeoutMs) : ended);
}

function overtime(timeoutMs: number): string {
  return `no end after ${formatDuration(timeoutMs)}`;
}

/** How the command ended: `exit 1`, `signal SIGKILL`. */
async function run(command: string, options: BuildOptions & { readonly stop: AbortSignal }): Promise<string> {
  // A group of its own: stopping it stops what it started, and Ctrl-C in the terminal is slipway's to answer.
  const child = spawn('sh', ['-c', command], {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const outputs = [child.stdout, child.stderr].map((stream) => {
    const splitter = createLineSplitter((line) => options.onOutput(sanitise(line)));
    stream.setEncoding('utf8').on('data', splitter.write);
    return splitter;
  });
  const closed = once(child, 'close');
  // Should the shell not start, `exit` below tells.
  closed.catch(() => undefined);
  const end = endGroup.bind(undefined, child.pid, closed);
  options.stop.addEventListener('abort', end, { once: true });
  try {
    const [exitCode, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    await outputRead(closed, [child.stdout, child.stderr]);
    for (const output of outputs) output.end();
    return exitCode === null ? `signal ${signal ?? 'unknown'}` : `exit ${exitCode}`;
  } finally {
    options.stop.removeEventListener('abort', end);
  }
}

/** Waits for the rest of the output, but not for a daemon that the build left behind and that holds it open. */
async function outputRead(closed: Promise<unknown>, streams: readonly { destroy(): void }[]): Promise<void> {
  const wait = AbortSignal.timeout(1000);
  await Promise.race([closed, once(wait, 'abort')]);
  for (const stream of streams) stream.destroy();
}

function endGroup(pid: number | undefined, closed: Promise<unknown>): void {
  if (pid === undefined) return;
  signalGroup(pid, 'SIGTERM');
  const kill = setTimeout(() => signalGroup(pid, 'SIGKILL'), GRACE_MS);
  const ended = () => clearTimeout(kill);
  closed.then(ended, ended);
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

function buildError(command: string, tail: readonly string[], how: string): UserError {
  return new UserError({
    code: 'SLIP_BUILD_FAILED',
    message: `The build failed (${how}): ${sanitise(command)}`,
    detail: tail,
    mend: 'The build runs in a clean checkout of the commit: what it needs has to be committed, or made by source.build.',
  });
}
