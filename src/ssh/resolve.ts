import { homedir, hostname, userInfo } from 'node:os';
import { isAbsolute, resolve } from 'node:path';
import { UserError } from '../base/errors.ts';
import type { HostSpec, Target } from './spec.ts';
import { readSshConfig } from './ssh-config.ts';
import type { SshConfig } from './ssh-config.ts';
import { expandPath } from './tokens.ts';
import type { TokenValues } from './tokens.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface ResolveOptions {
  /** As `ssh -F`: a file, or "none". Wins over SLIPWAY_SSH_CONFIG. */
  readonly sshConfigFile?: string;
  /** The ssh program, when it is not the one on PATH. */
  readonly ssh?: string;
}

/** Applies the user's OpenSSH configuration to a target, as `ssh` itself would. */
export async function resolveTarget(target: Target, env: Environment, options: ResolveOptions = {}): Promise<HostSpec> {
  const local = localUser(env);
  const file = options.sshConfigFile ?? (env['SLIPWAY_SSH_CONFIG'] || undefined);
  const source = { ssh: options.ssh ?? 'ssh', file, env, home: local.home };
  const config = await readSshConfig(target, source);
  refuseUnavailable(config ?? new Map(), target);
  return specFrom(config ?? plainDefaults(local), { target, env, local });
}

interface LocalUser {
  readonly name: string;
  readonly home: string;
  readonly uid: number;
}

/** OpenSSH takes the home folder from the password database, not from HOME. */
function localUser(env: Environment): LocalUser {
  try {
    const { username, homedir: home, uid } = userInfo();
    return { name: username, home, uid };
  } catch {
    return { name: env['USER'] ?? env['LOGNAME'] ?? 'root', home: homedir(), uid: process.getuid?.() ?? 0 };
  }
}

/** What OpenSSH has built in, for machines without it. */
function plainDefaults({ name }: LocalUser): SshConfig {
  return new Map([
    ['user', [name]],
    ['identityfile', ['~/.ssh/id_ed25519', '~/.ssh/id_ecdsa', '~/.ssh/id_rsa']],
    ['userknownhostsfile', ['~/.ssh/known_hosts ~/.ssh/known_hosts2']],
    ['globalknownhostsfile', ['/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2']],
  ]);
}

/** Settings that decide where a connection goes or whom it trusts: ignoring one would be worse than stopping. */
const DECISIVE = { proxyjump: 'ProxyJump', proxycommand: 'ProxyCommand', revokedhostkeys: 'RevokedHostKeys' } as const;

function refuseUnavailable(config: SshConfig, target: Target): void {
  for (const [keyword, name] of Object.entries(DECISIVE)) {
    const value = config.get(keyword)?.[0] ?? 'none';
    if (value === 'none') continue;
    throw new UserError({
      code: 'SLIP_NOT_AVAILABLE_YET',
      message: `Host ${target.name} is configured with "${name} ${value}", which is not available yet.`,
      mend: `Give it an address that can be reached directly, or set "${name} none" for it in your SSH configuration.`,
    });
  }
}

/** Settings without which a login may fail, though nothing worse can happen. */
const WAYS_TO_LOG_IN = { certificatefile: 'CertificateFile', pkcs11provider: 'PKCS11Provider' } as const;

interface Origin {
  readonly target: Target;
  readonly env: Environment;
  readonly local: LocalUser;
}

function specFrom(config: SshConfig, { target, env, local }: Origin): HostSpec {
  const first = (keyword: string) => config.get(keyword)?.[0];
  const host = first('hostname') ?? target.host;
  const port = Number(first('port') ?? target.port ?? 22);
  const user = target.user ?? first('user') ?? local.name;
  const hostKeyAlias = first('hostkeyalias');
  const values: TokenValues = {
    ...{ home: local.home, localUser: local.name, localHost: hostname(), uid: local.uid },
    ...{ original: target.host, host, port, user, hostKeyAlias },
  };
  const files = (keyword: string, split: (value: string) => readonly string[]) =>
    (config.get(keyword) ?? []).flatMap(split).flatMap((path) => absolute(expandPath(path, values, env)));
  return {
    ...{ name: target.name, host, port, user, hostKeyAlias },
    identityFiles: files('identityfile', (value) => [value]),
    identitiesOnly: first('identitiesonly') === 'yes',
    agent: agentSocket(first('identityagent'), values, env),
    userKnownHostsFiles: files('userknownhostsfile', splitPaths),
    globalKnownHostsFiles: files('globalknownhostsfile', splitPaths),
    hashKnownHosts: first('hashknownhosts') === 'yes',
    addressFamily: addressFamily(first('addressfamily')),
    bindAddress: first('bindaddress'),
    connectTimeoutMs: seconds(first('connecttimeout')),
    ...{ jumps: [], proxyCommand: undefined, serverAlive: undefined, forwardAgent: undefined },
    ...{
      strictHostKeyChecking: 'ask',
      updateHostKeys: 'no',
      needsOpenSsh: [],
      openSshArguments: [],
      certificateFiles: [],
    },
    unavailable: Object.entries(WAYS_TO_LOG_IN).flatMap(([keyword, name]) => (config.has(keyword) ? [name] : [])),
  };
}

/** "none" is OpenSSH's word for no file at all. */
function absolute(path: string | undefined): string[] {
  if (path === undefined || path === '' || path === 'none') return [];
  return [isAbsolute(path) ? path : resolve(path)];
}

/** `ssh -G` joins paths with bare spaces: a new one is taken to begin where a root or a home does. */
function splitPaths(value: string): string[] {
  return value.split(/ (?=[/~]|none$)/);
}

function agentSocket(configured: string | undefined, values: TokenValues, env: Environment): string | undefined {
  if (configured === 'none') return undefined;
  if (configured === undefined || configured === 'SSH_AUTH_SOCK') return env['SSH_AUTH_SOCK'] || undefined;
  const variable = /^\$(\w+)$/.exec(configured)?.[1];
  return variable === undefined ? expandPath(configured, values, env) : env[variable] || undefined;
}

function addressFamily(value: string | undefined): HostSpec['addressFamily'] {
  return value === 'inet' || value === 'inet6' ? value : 'any';
}

/** ConnectTimeout is printed in seconds, or as "none". */
function seconds(value: string | undefined): number | undefined {
  const parsed = Number(value);
  return parsed > 0 ? parsed * 1000 : undefined;
}
