import { UserError } from '../base/errors.ts';
import { sanitiseLines } from '../base/sanitise.ts';
import { gitEnvironment } from './environment.ts';

/** Where a git command runs, and with what beside the user's own settings. */
export interface GitPlace {
  readonly cwd: string;
  /** Variables that bind the command to a repository (GIT_DIR …). */
  readonly env?: Readonly<Record<string, string>>;
  /** `key=value` for `git -c`. Only constants and checked values of slipway. */
  readonly config?: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

export interface GitAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  /** What git said, fit for a terminal; only of a command that failed. */
  readonly said: readonly string[];
}

// A repository's hooks and monitors are programs: resolving, listing and checking out runs none of them.
const QUIET = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'submodule.recurse=false',
  'gc.auto=0',
  'maintenance.auto=false',
];

/** Runs one git command; a failing one is an answer, only abort and a missing git are thrown. */
export async function tryGit(place: GitPlace, args: readonly string[]): Promise<GitAnswer> {
  place.signal?.throwIfAborted();
  let failed: GitAnswer | undefined;
  const env = { ...gitEnvironment(process.env), ...place.env };
  // loaded while the hosts are being connected to, not before
  const { simpleGit } = await import('simple-git');
  const client = simpleGit({
    baseDir: place.cwd,
    config: [...QUIET, ...(place.config ?? [])],
    // simple-git guards against options that came in as data. Ours are constants, and what is data stands behind
    // --end-of-options or --, so it may set what the guard names.
    unsafe: {
      allowUnsafeAskPass: true,
      allowUnsafeConfigPaths: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeHooksPath: true,
      allowUnsafeProtocolOverride: true,
      allowUnsafeSshCommand: true,
    },
    allowEnvironment: Object.keys(env),
    // A program that git started may hold its output open after git has ended; what git wrote has long been read by then.
    completion: { onClose: true, onExit: 5000 },
    errors: (error, { exitCode, stdOut, stdErr }) => {
      if (exitCode === 0) return error;
      failed = { exitCode, stdout: String(Buffer.concat(stdOut)), said: sanitiseLines(String(Buffer.concat(stdErr))) };
      return error ?? Buffer.from(`exit ${exitCode}`);
    },
    ...(place.signal ? { abort: place.signal } : {}),
  }).env(env);
  try {
    return { exitCode: 0, stdout: await untilAborted(client.raw([...args]), place.signal), said: [] };
  } catch (error) {
    place.signal?.throwIfAborted();
    if (!failed) throw error;
    if (failed.exitCode < 0) throw missingGit(error);
    return failed;
  }
}

/** The same answer, or the signal's reason at once: git is told to end, but what it started may take its time. */
async function untilAborted<T>(answer: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return answer;
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([answer, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** The output of a git command that has no reason to fail. */
export async function git(place: GitPlace, args: readonly string[]): Promise<string> {
  const answer = await tryGit(place, args);
  if (answer.exitCode === 0) return answer.stdout;
  throw new UserError({
    code: 'SLIP_GIT_FAILED',
    message: `git ${args[0] ?? ''} ended with ${answer.exitCode} in ${place.cwd}.`,
    detail: answer.said,
    mend: 'git itself says why in the lines above; run `git fsck` there when they name a damaged or missing object.',
  });
}

function missingGit(cause: unknown): UserError {
  return new UserError({
    code: 'SLIP_GIT_MISSING',
    message: 'git could not be started.',
    cause,
    mend: 'Install git 2.31 or newer and see that it is in PATH.',
  });
}

/** The NUL-separated words of a `-z` output. */
export function words(output: string): string[] {
  return output.split('\0').filter((word) => word !== '');
}
