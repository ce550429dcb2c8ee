import type { Valve } from '../base/valve.ts';
import type { CallOptions } from './call.ts';
import { type Frame, number, text } from './frames.ts';
import { lines, type Request, type Variables } from './request.ts';

/** Where lines are read on a host. */
export type LogSource =
  | { readonly type: 'journal'; readonly scope: 'system' | 'user'; readonly units: readonly string[] }
  | { readonly type: 'file'; readonly path: string }
  | { readonly type: 'command'; readonly command: string };

/** Where reading begins. */
export type LogStart =
  | { readonly type: 'last'; readonly count: number }
  /** Milliseconds since 1970 by the host's clock. Only a journal knows; of others all is told. */
  | { readonly type: 'since'; readonly t: number }
  /** After the entry of a journal that was read last. */
  | { readonly type: 'cursor'; readonly cursor: string }
  | ({ readonly type: 'place' } & FilePlace);

/** How far a file was read: a file by its inode, from `at` on, `got` bytes of it or of what replaced it. */
export interface FilePlace {
  readonly inode: string;
  readonly at: number;
  readonly got: number;
}

export interface LogsOptions {
  readonly source: LogSource;
  readonly start: LogStart;
  /** Milliseconds since 1970 by the host's clock; of a journal only. */
  readonly until?: number | undefined;
  readonly follow: 'follow' | 'to the end';
  /**
   * Only entries of a journal with this priority or a worse one, and those whose text holds what `grep` (PCRE) finds. More may
   * be told than that, out of the order of time.
   */
  readonly least?: { readonly priority: number; readonly grep: string } | undefined;
  readonly signal: AbortSignal;
  /** Holds the host back while it is shut; what has arrived by then may still be told. */
  readonly valve?: Valve | undefined;
  readonly onOpened: (opened: LogOpened) => void;
  /** `{…}`: an entry of a journal in JSON; `|BYTES|TEXT`: a line of something else. Hostile. */
  readonly onLine: (line: string) => void;
  /** What came between what was read before and what comes now cannot be told. */
  readonly onGap: () => void;
}

export interface LogOpened {
  /** Milliseconds since 1970 by the host's clock. */
  readonly now: number;
  /** Of a file: where it was gone on from. */
  readonly place: FilePlace | undefined;
}

const NEVER_MS = 2 ** 31 - 1;

export function logsRequest({ source, start, until, follow, least }: LogsOptions): Request {
  return {
    verb: 'logs',
    variables: {
      ...sourceVariables(source),
      ...startVariables(start),
      until: until === undefined ? '' : seconds(until),
      follow: follow === 'follow' ? 'yes' : 'no',
      least: least?.priority ?? '',
      grep: least?.grep ?? '',
    },
  };
}

function sourceVariables(source: LogSource): Variables {
  const none = { from: source.type, scope: '', units: '', file: '', run: '' };
  switch (source.type) {
    case 'journal':
      return { ...none, scope: source.scope, units: lines(source.units) };
    case 'file':
      return { ...none, file: source.path };
    case 'command':
      return { ...none, run: source.command };
  }
}

function startVariables(start: LogStart): Variables {
  const none = { cursor: '', since: '', count: '', inode: '', at: 0, got: 0 };
  switch (start.type) {
    case 'last':
      return { ...none, count: start.count };
    case 'since':
      return { ...none, since: seconds(start.t) };
    case 'cursor':
      return { ...none, cursor: start.cursor };
    case 'place':
      return { ...none, inode: start.inode, at: start.at, got: start.got };
  }
}

/** As `journalctl --since=@` reads it. */
function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

export function logsCall({ source, signal, valve, onOpened, onLine, onGap }: LogsOptions): CallOptions {
  return {
    stdin: 'alone',
    shell: 'new',
    signal,
    valve,
    quietMs: NEVER_MS,
    onFrame: (frame) => {
      if (frame.kind === 'opened') onOpened(readOpened(source, frame));
      if (frame.kind === 'gap') onGap();
    },
    onLine,
  };
}

function readOpened({ type }: LogSource, frame: Frame): LogOpened {
  const place = { inode: text(frame, 1), at: number(frame, 2) ?? 0, got: 0 };
  return { now: number(frame, 0) ?? 0, place: type === 'file' ? place : undefined };
}
