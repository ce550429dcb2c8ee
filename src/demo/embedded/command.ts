import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import type { ServerChannel } from 'ssh2';

/** Where and with what environment a host runs its commands. */
export interface Place {
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A command on its channel, as the session sees it. */
export interface RunningCommand {
  /** Passes a signal (named without SIG) to the command's process group, while the command itself still runs. */
  signal(name: string): void;
  /** The channel is gone: the command runs on, but reads end-of-file and gets SIGPIPE when it writes, as under sshd. */
  abandon(): void;
}

/** The names RFC 4254 knows. Others cannot be told to the client. */
const SIGNALS = new Set('ABRT ALRM FPE HUP ILL INT KILL PIPE QUIT SEGV TERM USR1 USR2'.split(' '));

/** Runs one command on a channel the way sshd runs it without a terminal: `sh -c`, in a session of its own. */
export function runCommand(channel: ServerChannel, command: string, place: Place): RunningCommand {
  const nothing = { signal: () => undefined, abandon: () => undefined };
  // After the channel's end its streams may complain about writes that came too late.
  channel.on('error', () => undefined);
  channel.stderr.on('error', () => undefined);
  try {
    const child = spawn('/bin/sh', ['-c', command], { argv0: 'sh', cwd: place.home, env: place.env, detached: true });
    child.on('error', (error) => refuse(channel, error));
    return child.pid === undefined ? nothing : attach(channel, child);
  } catch (error) {
    // Node throws for some failures of execve (an argument that is too long) and emits others.
    refuse(channel, error as Error);
    return nothing;
  }
}

function attach(channel: ServerChannel, child: ChildProcessWithoutNullStreams): RunningCommand {
  feed(channel, child.stdin);
  // Like sshd: the status is told when the command ends, the channel closes when nobody can write to it any more. A
  // process left in the background with its output on the channel therefore keeps it open.
  child.on('exit', (status, signal) => tellExit(channel, status, signal));
  const write = inTurn(channel);
  const exited = once(child, 'exit');
  void Promise.all([exited, pump(child.stdout, channel, write), pump(child.stderr, channel.stderr, write)]).then(() =>
    channel.end(),
  );
  return {
    signal: (name) => {
      const running = child.exitCode === null && child.signalCode === null;
      if (running && SIGNALS.has(name)) signalGroup(child.pid!, name);
    },
    abandon: () => {
      channel.unpipe(child.stdin);
      // The outputs first: a command that ends its reading must not find them still open.
      for (const stream of [child.stdout, child.stderr, child.stdin]) stream.destroy();
    },
  };
}

function feed(channel: ServerChannel, stdin: Writable): void {
  channel.pipe(stdin);
  stdin.on('error', () => undefined);
  // What nobody reads any more is thrown away: the client must not hang on a full window.
  stdin.on('close', () => {
    channel.unpipe(stdin);
    channel.resume();
  });
}

type Write = (sink: Writable, piece: Buffer) => Promise<void>;

async function pump(source: Readable, sink: Writable, write: Write): Promise<void> {
  try {
    for await (const piece of source) await write(sink, piece as Buffer);
  } catch {
    // Destroyed by `abandon`: nobody is there to read the rest.
  }
}

/** What ssh2 keeps of a write that waits for the client's window. */
interface PendingWrites {
  _chunk: undefined;
  _chunkcb: undefined;
  _chunkErr: undefined;
  _chunkcbErr: undefined;
}

/**
 * Writes to a channel's two outputs, one piece at a time. ssh2 never forgets a piece that had to wait for the window: were
 * the other output to wait next, the old piece would be sent again instead.
 */
function inTurn(channel: ServerChannel): Write {
  const pending = channel as unknown as PendingWrites;
  let turn = Promise.resolve();
  return (sink, piece) => {
    turn = turn.then(async () => {
      await new Promise<unknown>((resolve) => sink.write(piece, resolve));
      pending._chunk = pending._chunkcb = pending._chunkErr = pending._chunkcbErr = undefined;
    });
    return turn;
  };
}

function tellExit(channel: ServerChannel, status: number | null, signal: NodeJS.Signals | null): void {
  if (signal === null) channel.exit(status!);
  else if (SIGNALS.has(signal.slice(3))) channel.exit(signal.slice(3));
  else channel.exit(128 + constants.signals[signal]);
}

/** The command could not be started: sshd's child says why and exits with 1. */
function refuse(channel: ServerChannel, error: Error): void {
  channel.stderr.write(`/bin/sh: ${error.message}\n`);
  channel.exit(1);
  channel.resume();
  channel.end();
}

function signalGroup(leader: number, name: string): void {
  try {
    process.kill(-leader, `SIG${name}`);
  } catch {
    // It ended a moment ago.
  }
}
