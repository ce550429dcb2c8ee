import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sanitiseLines } from '../base/sanitise.ts';
import { UserError } from '../base/errors.ts';
import type { Target } from './spec.ts';

/** The settings of one host: lower-case keyword → its values in order, one for each line. */
export type SshConfig = ReadonlyMap<string, readonly string[]>;

export interface SshConfigSource {
  /** The ssh program to ask. */
  readonly ssh: string;
  /** As for `ssh -F`: a file in place of the user's and the system's, or "none"; undefined for those. */
  readonly file: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** `Match exec` runs commands of the user's choice: not for ever. */
const DEADLINE_MS = 15_000;

/**
 * Asks OpenSSH itself what its configuration says about a host (`ssh -G`): Host, Match, Include and tokens are exact by
 * construction. Undefined when there is no OpenSSH and nothing that it would have read.
 */
export async function readSshConfig(target: Target, source: SshConfigSource): Promise<SshConfig | undefined> {
  const outcome = await run(source, argumentsFor(target, source.file));
  switch (outcome.type) {
    case 'answered':
      return parse(outcome.stdout);
    case 'missing':
      refuseUnreadable(source);
      return undefined;
    case 'failed':
      throw new UserError({
        code: 'SLIP_SSH_CONFIG',
        message: `The SSH configuration of host ${target.name} cannot be read: ${outcome.reason}.`,
        mend: `Try: ssh -G ${source.file === undefined ? '' : `-F ${source.file} `}${target.host}`,
        detail: sanitiseLines(outcome.stderr),
      });
  }
}

function argumentsFor(target: Target, file: string | undefined): string[] {
  return [
    '-G',
    ...(file === undefined ? [] : ['-F', file]),
    ...(target.user === undefined ? [] : ['-l', target.user]),
    ...(target.port === undefined ? [] : ['-p', String(target.port)]),
    '--',
    target.host,
  ];
}

type Outcome =
  | { readonly type: 'answered'; readonly stdout: string }
  | { readonly type: 'missing' }
  | { readonly type: 'failed'; readonly reason: string; readonly stderr: string };

function run(source: SshConfigSource, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { env: { ...source.env }, timeout: DEADLINE_MS, maxBuffer: 1 << 20 };
    execFile(source.ssh, args, options, (error, stdout, stderr) => {
      if (error === null) resolve({ type: 'answered', stdout });
      else if (error.code === 'ENOENT') resolve({ type: 'missing' });
      else if (error.killed === true) resolve({ type: 'failed', reason: 'ssh -G did not answer', stderr });
      else resolve({ type: 'failed', reason: `ssh -G ended with ${error.code ?? 'an error'}`, stderr });
    });
  });
}

function parse(stdout: string): SshConfig {
  const settings = new Map<string, string[]>();
  for (const line of stdout.split('\n')) {
    const space = line.indexOf(' ');
    if (space < 0) continue;
    const keyword = line.slice(0, space).toLowerCase();
    settings.set(keyword, [...(settings.get(keyword) ?? []), line.slice(space + 1)]);
  }
  return settings;
}

/** Without OpenSSH a configuration file would be ignored in silence, so it is refused instead. */
function refuseUnreadable({ file, home }: SshConfigSource): void {
  const ignored = file === 'none' ? undefined : (file ?? join(home, '.ssh', 'config'));
  if (ignored === undefined || !existsSync(ignored)) return;
  throw new UserError({
    code: 'SLIP_SSH_CONFIG',
    message: `${ignored} cannot be read because the program ssh is not installed.`,
    mend: 'Install the OpenSSH client, or set SLIPWAY_SSH_CONFIG=none to do without that file.',
  });
}
