import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { createLimit } from '../base/limit.ts';
import { sanitiseLines } from '../base/sanitise.ts';
import { createAsker } from './ask-openssh.ts';
import { evaluate } from './config/evaluate.ts';
import type { ConfigFile } from './config/evaluate.ts';
import { jumpLoop } from './config/jump.ts';
import type { LocalUser } from './config/local-user.ts';
import { currentKeyword } from './config/settings.ts';
import type { SshConfig } from './config/settings.ts';
import type { Wanted } from './config/wanted.ts';
import type { Environment } from './tokens.ts';

/** Where settings come from. */
export interface SshConfigSource {
  /** The ssh program to ask. */
  readonly ssh: string;
  /** As for `ssh -F`: a file in place of the user's and the system's, or "none"; undefined for those. */
  readonly file: string | undefined;
  readonly env: Environment;
  readonly local: LocalUser;
  /** Milliseconds, to tell how old an answer is. */
  readonly now: () => number;
}

/** For so long an answer holds: all hosts of a stage share it, and a file that was mended counts at the next try. */
const FRESH_MS = 5_000;

interface Answer {
  readonly at: number;
  readonly config: Promise<SshConfig>;
}

const answers = new WeakMap<Environment, Map<string, Answer>>();

/** Asked once for each host, however many ask, and all hosts at once. */
export function readSshConfig(wanted: Wanted, source: SshConfigSource): Promise<SshConfig> {
  const key = JSON.stringify([source.ssh, source.file, wanted]);
  const known = answers.get(source.env) ?? new Map<string, Answer>();
  answers.set(source.env, known);
  const fresh = known.get(key);
  if (fresh !== undefined && source.now() - fresh.at < FRESH_MS) return fresh.config;
  const config = ask(wanted, source);
  known.set(key, { at: source.now(), config });
  config.catch(() => known.delete(key));
  return config;
}

/**
 * Asks OpenSSH itself what its configuration says about a host (`ssh -G`): Host, Match, Include and tokens are exact by
 * construction. Where there is no OpenSSH its files are read by our own means.
 */
async function ask(wanted: Wanted, source: SshConfigSource): Promise<SshConfig> {
  const together = wanted.jump === undefined ? await askerFor(source)(wanted) : undefined;
  if (together !== undefined) return parse(together);
  // whoever was not answered is asked about alone, to learn why
  const outcome = await run(source, ['-G', ...sshArguments(wanted, source.file)]);
  switch (outcome.type) {
    case 'answered':
      return parse(outcome.stdout);
    case 'missing':
      return readOurselves(wanted, source, 'allowed');
    case 'failed':
      throw await explain(wanted, source, outcome);
  }
}

/** The same by our own reading of the files, before OpenSSH has answered. Runs nothing; rejects where that is not enough. */
export function guessSshConfig(wanted: Wanted, source: SshConfigSource): Promise<SshConfig> {
  return readOurselves(wanted, source, 'refused');
}

function readOurselves(wanted: Wanted, source: SshConfigSource, exec: 'allowed' | 'refused'): Promise<SshConfig> {
  return evaluate({ wanted, files: filesOf(source), local: source.local, env: source.env, exec });
}

const askers = new WeakMap<Environment, Map<string, ReturnType<typeof createAsker>>>();

/** All hosts that are asked about at one moment are asked about together. */
function askerFor({ ssh, file, env }: SshConfigSource): ReturnType<typeof createAsker> {
  const known = askers.get(env) ?? new Map<string, ReturnType<typeof createAsker>>();
  askers.set(env, known);
  const key = JSON.stringify([ssh, file]);
  const asker = known.get(key) ?? createAsker({ ssh, file, env, deadlineMs: DEADLINE_MS });
  known.set(key, asker);
  return asker;
}

/** What is said to `ssh`, without a command, so that it knows the same host by the same files. */
export function sshArguments({ host, user, port, jump }: Wanted, file: string | undefined): string[] {
  return [
    ...(file === undefined ? [] : ['-F', file]),
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(jump === undefined ? [] : ['-J', jump]),
    ...['--', host],
  ];
}

function filesOf({ file, local }: SshConfigSource): ConfigFile[] {
  if (file === 'none') return [];
  if (file !== undefined) return [{ path: file, isUsers: true, isGuarded: false, isRequired: true }];
  return [
    { path: join(local.home, '.ssh', 'config'), isUsers: true, isGuarded: true, isRequired: false },
    { path: '/etc/ssh/ssh_config', isUsers: false, isGuarded: false, isRequired: false },
  ];
}

/** `Match exec` runs commands of the user's choice: not for ever. */
const DEADLINE_MS = 15_000;

type Failed = { readonly type: 'failed'; readonly reason: string; readonly stderr: string };
type Outcome = { readonly type: 'answered'; readonly stdout: string } | { readonly type: 'missing' } | Failed;

/** Fifty hosts at once would only get into each other's way. */
const atOnce = createLimit(16);

function run(source: SshConfigSource, args: readonly string[]): Promise<Outcome> {
  const options = { env: { ...source.env }, timeout: DEADLINE_MS, maxBuffer: 1 << 20 };
  const asked = () =>
    new Promise<Outcome>((resolve) => {
      execFile(source.ssh, args, options, (error, stdout, stderr) => {
        if (error === null) resolve({ type: 'answered', stdout });
        else if (error.code === 'ENOENT') resolve({ type: 'missing' });
        else if (error.killed === true) resolve({ type: 'failed', reason: 'ssh -G did not answer', stderr });
        else resolve({ type: 'failed', reason: `ssh -G ended with ${error.code ?? 'an error'}`, stderr });
      });
    });
  return atOnce(asked);
}

/** A ProxyJump that leads to its own host ends ssh at once: then it answers when it is told to go there directly. */
async function explain(wanted: Wanted, source: SshConfigSource, failed: Failed): Promise<UserError> {
  const { host } = wanted;
  const args = sshArguments(wanted, source.file);
  const direct = await run(source, ['-G', '-o', 'ProxyJump=none', ...args]);
  if (wanted.jump === undefined && direct.type === 'answered') return jumpLoop(host, [host, host]);
  return new UserError({
    code: 'SLIP_SSH_CONFIG',
    message: `The SSH configuration of host ${host} cannot be read: ${failed.reason}.`,
    mend: `Try: ssh -G ${args.filter((word) => word !== '--').join(' ')}`,
    detail: sanitiseLines(failed.stderr),
  });
}

function parse(stdout: string): SshConfig {
  const settings = new Map<string, string[]>();
  for (const line of stdout.split('\n')) {
    const space = line.indexOf(' ');
    if (space < 0) continue;
    const keyword = currentKeyword(line.slice(0, space));
    settings.set(keyword, [...(settings.get(keyword) ?? []), line.slice(space + 1)]);
  }
  return settings;
}
