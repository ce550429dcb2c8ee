import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { MARKER, postGuard } from './guard.ts';
import { type KeyPair, knownHostsLine, makeKeyPair } from './keys.ts';
import { createSshServer, type ServerTerms } from './server.ts';
import { layTools, type ToolSet } from './tools.ts';
import { Line, Wire } from './wire.ts';

/** The user every embedded host lets in. Commands run as whoever runs slipway. */
const USER = 'deploy';

export interface EmbeddedHostOptions {
  readonly name: string;
  /** An existing folder in which the host makes its own; the system's temporary folder when left out. */
  readonly root?: string;
  /** The key that may log in; a fresh one when left out. */
  readonly clientKey?: KeyPair;
  /** Every byte takes so long in either direction. Connecting itself takes no time, unlike on a real line. */
  readonly delayMs?: number;
  /** `native` on Linux, `shimmed` elsewhere. */
  readonly tools?: ToolSet;
  /** A PATH made by `layTools`, for hosts that share one; its own when left out. */
  readonly path?: string;
  /** The mark of its processes; a random one when left out. */
  readonly mark?: string;
}

/** What a host has seen since it started. */
export interface Seen {
  readonly connections: number;
  readonly commands: readonly string[];
}

/** An SSH host on loopback: ssh2's server in this process, real `sh` in a temporary folder. */
export interface EmbeddedHost {
  readonly name: string;
  readonly address: '127.0.0.1';
  readonly port: number;
  readonly user: string;
  readonly clientKey: KeyPair;
  /** Where commands start: $HOME on the host. Gone after `close`. */
  readonly home: string;
  /** The line of a known_hosts file that vouches for this host. */
  readonly hostKeyLine: string;
  readonly seen: Seen;
  /** Drops every connection at once. Commands run on, and new connections are welcome. */
  cut(): void;
  /** The next `count` channels are refused, as at sshd's MaxSessions. */
  refuseChannels(count: number): void;
  /** Nothing arrives any more in either direction, and nothing is closed, until `flow`. */
  stall(): void;
  flow(): void;
  /** Ends everything that was started on the host and removes its folder. */
  close(): Promise<void>;
}

/** Starts a host on a random port of 127.0.0.1. Whatever ends this process, nothing of the host stays behind. */
export async function startEmbeddedHost(options: EmbeddedHostOptions): Promise<EmbeddedHost> {
  checkName(options.name);
  const folder = makeFolder(options.root ?? tmpdir(), `slipway-${options.name}-`);
  const mark = options.mark ?? newMark();
  const guard = postGuard(mark, [folder]);
  const clientKey = options.clientKey ?? makeKeyPair('slipway-embedded');
  const hostKey = makeKeyPair(options.name);
  const commands: string[] = [];
  const terms: ServerTerms = {
    user: USER,
    hostKey: hostKey.privateKey,
    authorizedKey: clientKey.publicKey,
    place: furnish(folder, mark, options),
    refusals: 0,
    onCommand: (command) => commands.push(command),
  };
  const door = await openDoor(terms, new Line(options.delayMs ?? 0));
  let closing: Promise<void> | undefined;
  return {
    name: options.name,
    address: '127.0.0.1',
    port: door.port,
    user: USER,
    clientKey,
    home: terms.place.home,
    hostKeyLine: knownHostsLine(door.port, hostKey.publicKey),
    seen: {
      commands,
      get connections() {
        return door.accepted();
      },
    },
    cut: door.cut,
    refuseChannels: (count) => void (terms.refusals = count),
    stall: () => door.line.stall(),
    flow: () => door.line.flow(),
    close: () => (closing ??= door.shut().then(() => guard.release())),
  };
}

/** A value of MARKER that no other host has. */
export function newMark(): string {
  return randomBytes(16).toString('hex');
}

/** A new private folder, by its real path: on macOS the temporary folder is behind a link. */
export function makeFolder(root: string, prefix: string): string {
  return mkdtempSync(join(realpathSync(root), prefix));
}

/** Names become file names and lines of an ssh_config. */
function checkName(name: string): void {
  if (/^[A-Za-z0-9][\w.-]*$/.test(name)) return;
  throw new UserError({ code: 'SLIP_HOST_NAME', message: `${JSON.stringify(name)} cannot be the name of a host.` });
}

function furnish(folder: string, mark: string, options: EmbeddedHostOptions): ServerTerms['place'] {
  const [home, temporary] = [join(folder, 'home'), join(folder, 'tmp')];
  for (const path of [home, temporary]) mkdirSync(path, { mode: 0o700 });
  const path = options.path ?? layTools(folder, options.tools);
  const env = { PATH: path, HOME: home, USER, LOGNAME: USER, SHELL: '/bin/sh', TMPDIR: temporary, [MARKER]: mark };
  return { home, env };
}

/** The listening side of a host. */
interface Door {
  readonly port: number;
  readonly line: Line;
  readonly accepted: () => number;
  readonly cut: () => void;
  readonly shut: () => Promise<void>;
}

async function openDoor(terms: ServerTerms, line: Line): Promise<Door> {
  const ssh = createSshServer(terms);
  const sockets = new Set<Socket>();
  let accepted = 0;
  const listener: Server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // ssh2 takes any duplex stream here; its types know only sockets.
    ssh.injectSocket(new Wire(socket, line) as unknown as Socket);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const shut = async () => {
    const closed = once(listener, 'close');
    listener.close();
    cut();
    await closed;
  };
  return { port: (listener.address() as AddressInfo).port, line, accepted: () => accepted, cut, shut };
}
