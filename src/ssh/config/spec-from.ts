import { hostname } from 'node:os';
import { isAbsolute, resolve } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { parseAlgorithms } from '../algorithms.ts';
import type { AllowedAlgorithms } from '../algorithms.ts';
import type { HostSpec } from '../spec.ts';
import { sshArguments } from '../ssh-config.ts';
import type { SshConfigSource } from '../ssh-config.ts';
import { expandCommand, expandPath } from '../tokens.ts';
import type { Expansion, TokenValues } from '../tokens.ts';
import { parseJump } from './jump.ts';
import { allowedMethods, isBuiltIn } from './login-methods.ts';
import { isOn, numberOf, valueOf } from './settings.ts';
import type { SshConfig } from './settings.ts';
import type { Wanted } from './wanted.ts';

/** Where a specification comes from. */
export interface Origin {
  /** What the host is called in messages. */
  readonly name: string;
  readonly wanted: Wanted;
  readonly config: SshConfig;
  readonly source: SshConfigSource;
}

/** All of a host but the way to it and what it needs. */
export function specFrom(origin: Origin): HostSpec {
  const { name, config, wanted, source } = origin;
  const { host, port, user, hostKeyAlias } = tokenValues(origin);
  const agent = agentSocket(valueOf(config, 'identityagent'), config.has('identityagent'), origin);
  return {
    ...{ name, host, port, user, hostKeyAlias, agent },
    ...{ identityFiles: paths(origin, 'IdentityFile'), identitiesOnly: isOn(config, 'identitiesonly') },
    certificateFiles: paths(origin, 'CertificateFile'),
    ...{ loginMethods: allowedMethods(config).filter(isBuiltIn), batchMode: isOn(config, 'batchmode') },
    userKnownHostsFiles: printedPaths(origin, 'userknownhostsfile'),
    globalKnownHostsFiles: printedPaths(origin, 'globalknownhostsfile'),
    hashKnownHosts: isOn(config, 'hashknownhosts'),
    strictHostKeyChecking: strictness(valueOf(config, 'stricthostkeychecking')),
    updateHostKeys: updating(config),
    ...{ addressFamily: addressFamily(config), bindAddress: valueOf(config, 'bindaddress') },
    ...{ connectTimeoutMs: milliseconds(config, 'connecttimeout'), serverAlive: serverAlive(config) },
    ...{ algorithms: allowedAlgorithms(config), forwardAgent: forwardedAgent(origin, agent) },
    ...{ jumps: [], proxyCommand: proxyCommand(origin) },
    openSshArguments: sshArguments(wanted, source.file === 'none' ? 'none' : source.file && resolve(source.file)),
    needsOpenSsh: [],
  };
}

export function tokenValues({ wanted, config, source }: Origin): TokenValues {
  const { local } = source;
  return {
    ...{ home: local.home, localUser: local.name, localHost: hostname(), uid: local.uid },
    original: wanted.host,
    host: valueOf(config, 'hostname') ?? wanted.host,
    port: Number(valueOf(config, 'port') ?? wanted.port ?? 22),
    user: wanted.user ?? valueOf(config, 'user') ?? local.name,
    hostKeyAlias: valueOf(config, 'hostkeyalias'),
    jump: parseJump(valueOf(config, 'proxyjump') ?? '')?.host,
  };
}

interface Setting extends Origin {
  readonly keyword: string;
  readonly value: string;
}

/** OpenSSH stops where a token has no value, and so does this: a key that is passed over in silence would puzzle. */
export function mustExpand(expansion: Expansion, { name, keyword, value }: Setting): string {
  if (expansion.type === 'expanded') return expansion.text;
  const variable = /^\$\{(.*)\}$/.exec(expansion.name)?.[1];
  throw new UserError({
    code: 'SLIP_SSH_CONFIG',
    message: `The SSH configuration of ${name} sets "${keyword} ${value}", in which ${expansion.name} has no value.`,
    mend: variable === undefined ? `Write %% for a plain %, or leave it out.` : `Set ${variable}, or write it out.`,
  });
}

/** Files of keys are printed as they were written. "none" is OpenSSH's word for no file at all. */
function paths(origin: Origin, keyword: string): string[] {
  const written = origin.config.get(keyword.toLowerCase()) ?? [];
  const values = tokenValues(origin);
  return written
    .filter((value) => !/^none$/i.test(value))
    .map((value) => mustExpand(expandPath(value, values, origin.source.env), { ...origin, keyword, value }))
    .map(absolute);
}

/** Printed with their tokens replaced and with bare spaces between them: a new one begins where a root or a home does. */
function printedPaths(origin: Origin, keyword: string): string[] {
  return (origin.config.get(keyword) ?? [])
    .flatMap((value) => value.split(/ (?=[/~]|none$)/))
    .filter((path) => !/^(?:none)?$/i.test(path))
    .map((path) => absolute(printedPath(path, origin)));
}

/** OpenSSH before 8.4 left the `~` and all that comes with it. */
function printedPath(path: string, origin: Origin): string {
  if (!path.startsWith('~')) return path;
  const expansion = expandPath(path, tokenValues(origin), origin.source.env);
  return expansion.type === 'expanded' ? expansion.text : path;
}

function absolute(path: string): string {
  return isAbsolute(path) ? path : resolve(path);
}

/** IdentityAgent: a socket, `$VARIABLE`, the name SSH_AUTH_SOCK, or "none" for no agent. */
function agentSocket(value: string | undefined, isSet: boolean, origin: Origin): string | undefined {
  const { env } = origin.source;
  if (value === undefined && isSet) return undefined;
  if (value === undefined || value === 'SSH_AUTH_SOCK') return env['SSH_AUTH_SOCK'] || undefined;
  const variable = /^\$(\w+)$/.exec(value)?.[1];
  return variable === undefined ? printedPath(value, origin) : env[variable] || undefined;
}

/** ForwardAgent: "yes" means the agent that is used, anything but "no" another one. */
function forwardedAgent(origin: Origin, agent: string | undefined): string | undefined {
  const value = valueOf(origin.config, 'forwardagent') ?? 'no';
  if (/^(?:no|false)$/i.test(value)) return undefined;
  return /^(?:yes|true)$/i.test(value) ? agent : agentSocket(value, true, origin);
}

function proxyCommand(origin: Origin): string | undefined {
  const value = valueOf(origin.config, 'proxycommand');
  if (value === undefined || valueOf(origin.config, 'proxyjump') !== undefined) return undefined;
  return mustExpand(expandCommand(value, tokenValues(origin)), { ...origin, keyword: 'ProxyCommand', value });
}

function strictness(value = 'ask'): HostSpec['strictHostKeyChecking'] {
  if (/^(?:yes|true)$/i.test(value)) return 'yes';
  if (/^(?:no|false|off)$/i.test(value)) return 'no';
  return value.toLowerCase() === 'accept-new' ? 'accept-new' : 'ask';
}

function updating(config: SshConfig): HostSpec['updateHostKeys'] {
  if (isOn(config, 'updatehostkeys')) return 'yes';
  return valueOf(config, 'updatehostkeys')?.toLowerCase() === 'ask' ? 'ask' : 'no';
}

function addressFamily(config: SshConfig): HostSpec['addressFamily'] {
  const value = valueOf(config, 'addressfamily')?.toLowerCase();
  return value === 'inet' || value === 'inet6' ? value : 'any';
}

function milliseconds(config: SshConfig, keyword: string): number | undefined {
  const seconds = numberOf(config, keyword);
  return seconds === undefined ? undefined : seconds * 1000;
}

/** Debian's ssh sets five minutes by itself under BatchMode; nobody asked for that, so ours holds. */
function serverAlive(config: SshConfig): HostSpec['serverAlive'] {
  const intervalMs = milliseconds(config, 'serveraliveinterval');
  if (isOn(config, 'batchmode') && intervalMs === 300_000) return undefined;
  return intervalMs === undefined ? undefined : { intervalMs, countMax: numberOf(config, 'serveralivecountmax') ?? 3 };
}

function allowedAlgorithms(config: SshConfig): AllowedAlgorithms {
  const list = (keyword: string, kind: keyof AllowedAlgorithms) => {
    const value = valueOf(config, keyword);
    return value === undefined ? undefined : parseAlgorithms(value, kind);
  };
  return {
    kex: list('kexalgorithms', 'kex'),
    hostKeys: list('hostkeyalgorithms', 'hostKeys'),
    ciphers: list('ciphers', 'ciphers'),
    macs: list('macs', 'macs'),
  };
}
