import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';

/** Runs the system's own tool, which a shim of the same name hides. */
export function runReal(name: string, args: readonly string[]): number {
  const path = [`/bin/${name}`, `/usr/bin/${name}`].find((candidate) => existsSync(candidate));
  if (path === undefined) throw new Error('the system has no such tool');
  return exitStatus(spawnSync(path, args, { stdio: 'inherit' }));
}

function exitStatus({ status, signal }: { status: number | null; signal: NodeJS.Signals | null }): number {
  return status ?? 128 + constants.signals[signal!];
}

/** `setsid [-f] COMMAND…`: Node's `detached` is setsid(2). Without -f it stays until the command ends, for its status. */
export async function setsid(args: readonly string[]): Promise<number> {
  const start = args.findIndex((arg) => !arg.startsWith('-'));
  const forks = args.slice(0, start).some((flag) => flag === '-f' || flag === '--fork');
  const child = launch(args.slice(start));
  if (forks) {
    child.unref();
    return 0;
  }
  return finished(child);
}

/** `timeout [-k AFTER] [-s SIGNAL] LIMIT COMMAND…`: 124 when the limit passed, else the command's own status. */
export async function timeout(args: readonly string[]): Promise<number> {
  const { options, rest } = takeOptions(args);
  const [limit, ...command] = rest;
  if (limit === undefined || command.length === 0) throw new Error('needs a limit and a command');
  const child = launch(command);
  const end = (signal: string) => signalGroup(child, `SIG${signal.replace(/^SIG/, '')}`);
  const run = { isLate: false };
  const timers: NodeJS.Timeout[] = [];
  const expire = () => {
    run.isLate = true;
    end(options.signal);
    if (options.killAfter !== undefined) timers.push(setTimeout(() => end('KILL'), options.killAfter));
  };
  if (milliseconds(limit) > 0) timers.push(setTimeout(expire, milliseconds(limit)));
  for (const signal of ['TERM', 'INT', 'HUP']) process.on(`SIG${signal}`, () => end(signal));
  const status = await finished(child);
  for (const timer of timers) clearTimeout(timer);
  return run.isLate && child.signalCode !== 'SIGKILL' ? 124 : status;
}

interface TimeoutOptions {
  readonly signal: string;
  readonly killAfter: number | undefined;
}

function takeOptions(args: readonly string[]): { options: TimeoutOptions; rest: string[] } {
  const rest = [...args];
  let options: TimeoutOptions = { signal: 'TERM', killAfter: undefined };
  while (rest[0]?.startsWith('-')) {
    const flag = rest.shift()!;
    const value = flag.length > 2 ? flag.slice(2) : rest.shift();
    if (value === undefined || !/^-[ks]/.test(flag)) throw new Error(`${flag} is not an option of this stand-in`);
    options = flag.startsWith('-k') ? { ...options, killAfter: milliseconds(value) } : { ...options, signal: value };
  }
  return { options, rest };
}

function milliseconds(text: string): number {
  const [, amount, unit] = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text) ?? [];
  if (amount === undefined) throw new Error(`invalid time interval ${text}`);
  const seconds = { '': 1, s: 1, m: 60, h: 3600, d: 86400 }[unit!]!;
  return Number(amount) * seconds * 1000;
}

function launch(command: readonly string[]): ChildProcess {
  const [program, ...args] = command;
  if (program === undefined) throw new Error('no command given');
  return spawn(program, args, { stdio: 'inherit', detached: true });
}

/** The command's status as a shell would report it; 127 when there is no such command. */
async function finished(child: ChildProcess): Promise<number> {
  try {
    const [status, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return exitStatus({ status, signal });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    process.stderr.write(`${message}\n`);
    return code === 'ENOENT' ? 127 : 126;
  }
}

function signalGroup(child: ChildProcess, signal: string): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // It ended a moment ago.
  }
}
