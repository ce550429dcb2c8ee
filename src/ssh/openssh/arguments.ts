import { isIPv6 } from 'node:net';
import { quote } from '../../base/shell.ts';
import type { HostSpec } from '../spec.ts';

export interface MasterWishes {
  /** The socket to listen on. */
  readonly socket: string;
  readonly connectMs: number;
  readonly pingMs: number;
  readonly deadMs: number;
  /** Whether somebody can be asked for a passphrase. */
  readonly asking: 'nobody' | 'person';
  /** Whether the key of a host that nobody knows is to be added. */
  readonly newHostKeys: 'asConfigured' | 'accept';
  /** Leads through hosts that are connected already. */
  readonly proxyCommand: string | undefined;
}

/** A process that connects, logs in, and then only serves the others. What stands first wins over any configuration. */
export function masterArguments(spec: HostSpec, wishes: MasterWishes): string[] {
  const { socket, connectMs, pingMs, deadMs, asking, proxyCommand } = wishes;
  const seconds = (ms: number) => Math.max(1, Math.round(ms / 1000));
  const options = {
    ControlMaster: 'yes',
    ControlPersist: 'no',
    ControlPath: escapeTokens(socket),
    BatchMode: asking === 'nobody' ? 'yes' : 'no',
    ...strictness(spec, wishes),
    ConnectTimeout: seconds(connectMs),
    ServerAliveInterval: seconds(pingMs),
    // it counts the unanswered ones, and gives up at the one after
    ServerAliveCountMax: Math.max(1, Math.round(deadMs / pingMs) - 1),
    ...{ ClearAllForwardings: 'yes', ForwardX11: 'no', Tunnel: 'no', PermitLocalCommand: 'no' },
    ...{ RemoteCommand: 'none', RequestTTY: 'no', ForkAfterAuthentication: 'no', VisualHostKey: 'no' },
    ForwardAgent: spec.forwardAgent ?? 'no',
    ...(proxyCommand === undefined ? {} : { ProxyCommand: proxyCommand }),
  };
  const where = whereTo(spec);
  return ['-N', '-T', ...asOptions(options), ...(proxyCommand === undefined ? where : withoutJumps(where))];
}

/** A process that has the master run one command. */
export function channelArguments(spec: HostSpec, socket: string, command: string): string[] {
  const agent = spec.forwardAgent === undefined ? [] : asOptions({ ForwardAgent: spec.forwardAgent });
  return [...throughMaster(socket), '-T', ...agent, '--', NOBODY, command];
}

/** A person's own session, on a terminal there: ssh asks at the terminal here for what it needs. */
export function sessionArguments(spec: HostSpec, command: string): string[] {
  return ['-t', ...whereTo(spec), command];
}

/** A process whose stdin and stdout the master connects to a port. */
export function forwardArguments(socket: string, host: string, port: number): string[] {
  return [...throughMaster(socket), '-W', `${isIPv6(host) ? `[${host}]` : host}:${port}`, '--', NOBODY];
}

/** Exits with 0 while the master lives and answers. */
export function checkArguments(socket: string): string[] {
  return [...throughMaster(socket), '-O', 'check', '--', NOBODY];
}

/** For another ssh that goes through this master. */
export function proxyThrough(socket: string): string {
  const words = ['ssh', ...throughMaster(socket), '-W'].map((word) => quote(escapeTokens(word)));
  return `${words.join(' ')} '[%h]:%p' ${NOBODY}`;
}

/** The master knows where to; a name is wanted all the same. */
const NOBODY = 'slipway';

/**
 * When a master refuses or is gone, ssh tries to connect by itself: it must not come anywhere. Quiet, since stderr
 * belongs to the command.
 */
function throughMaster(socket: string): string[] {
  return ['-F', 'none', '-q', '-S', escapeTokens(socket), '-o', 'ProxyCommand=false', '-o', 'BatchMode=yes'];
}

/** A changed key is refused in any case, which "no" would not. */
function strictness({ strictHostKeyChecking: configured }: HostSpec, { newHostKeys }: MasterWishes) {
  const isAccepting = newHostKeys === 'accept' || configured === 'no';
  return { StrictHostKeyChecking: isAccepting ? 'accept-new' : configured };
}

/** As the user's configuration names the host; a host that it does not know of is told in full. */
function whereTo(spec: HostSpec): readonly string[] {
  if (spec.openSshArguments.length > 0) return spec.openSshArguments;
  const { identityFiles, certificateFiles, userKnownHostsFiles, globalKnownHostsFiles } = spec;
  const options = {
    ...{ User: spec.user, Port: spec.port, AddressFamily: spec.addressFamily },
    IdentitiesOnly: spec.identitiesOnly ? 'yes' : 'no',
    IdentityAgent: spec.agent ?? 'none',
    UserKnownHostsFile: files(userKnownHostsFiles),
    GlobalKnownHostsFile: files(globalKnownHostsFiles),
    HashKnownHosts: spec.hashKnownHosts ? 'yes' : 'no',
    UpdateHostKeys: spec.updateHostKeys,
    ...(spec.hostKeyAlias === undefined ? {} : { HostKeyAlias: spec.hostKeyAlias }),
    ...(spec.bindAddress === undefined ? {} : { BindAddress: spec.bindAddress }),
    ...(spec.proxyCommand === undefined ? {} : { ProxyCommand: escapeTokens(spec.proxyCommand) }),
  };
  const keys = [
    ...identityFiles.flatMap((file) => asOptions({ IdentityFile: inQuotes(file) })),
    ...certificateFiles.flatMap((file) => asOptions({ CertificateFile: inQuotes(file) })),
  ];
  return ['-F', 'none', ...asOptions(options), ...keys, '--', spec.host];
}

/** ssh refuses to be told of two ways. */
function withoutJumps(words: readonly string[]): string[] {
  return words.filter((word, index) => word !== '-J' && words[index - 1] !== '-J');
}

function asOptions(options: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

function files(paths: readonly string[]): string {
  return paths.length === 0 ? 'none' : paths.map(inQuotes).join(' ');
}

/** OpenSSH's configuration knows no way to write a quote within quotes. */
function inQuotes(path: string): string {
  return `"${escapeTokens(path)}"`;
}

function escapeTokens(text: string): string {
  return text.replaceAll('%', '%%');
}
