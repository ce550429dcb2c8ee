import type { Readable, Writable } from 'node:stream';
import type { Way } from './way.ts';
import type { Wire } from './wire.ts';

/** Ours over the ssh2 library, or the system's ssh. Nothing above needs to know which. */
export type TransportName = 'ssh2' | 'openssh';

/** How a channel came to its end. Only `exit` with status 0 is a success; `lost` means the outcome is unknown. */
export type ChannelEnd =
  | { readonly type: 'exit'; readonly status: number }
  | { readonly type: 'signal'; readonly signal: string }
  | { readonly type: 'lost'; readonly reason: string };

/** One running command on a host. */
export interface Channel {
  readonly stdin: Writable;
  /** Must be read, or the channel stalls for ever. */
  readonly stdout: Readable;
  /** Of errors that nobody has begun to read, the last 64 KB are kept. */
  readonly stderr: Readable;
  /** Settles once, after both outputs have ended or the connection was lost. Never rejects. */
  readonly ended: Promise<ChannelEnd>;
  /** Asks for a signal; works only while stdin is open. */
  signal(name: 'TERM' | 'KILL'): void;
  /** Gives the channel up at once; `ended` settles as lost when the host has not answered by then. */
  close(): void;
}

/** One authenticated connection to a host. Everything above knows only this. */
export interface Connection {
  /** The name in hosts.json, for messages. */
  readonly host: string;
  readonly way: Way;
  /** Opens a channel that runs one command under the login shell. Throws ConnectionLostError. */
  open(command: string): Promise<Channel>;
  /** Aborted, with a ConnectionLostError as reason, when the connection ends for any reason but `close`. */
  readonly lost: AbortSignal;
  close(): Promise<void>;
}

/** A connection that other connections can go through. */
export interface Hop extends Connection {
  /** Connects from there. Throws RemoteError. */
  forward(host: string, port: number): Promise<Wire>;
  /** Aborted when it has ended in whatever way. */
  readonly over: AbortSignal;
  /** A ProxyCommand by which the system's ssh comes through this hop, too; undefined where it cannot. */
  readonly proxyCommand: string | undefined;
}
