import { once } from 'node:events';
import type { LogRecord } from '../../logs/record.ts';
import type { LogNotice } from '../../logs/stream.ts';
import type { CliContext } from '../context.ts';
import { jsonLine } from '../json-line.ts';
import { logFacts, logLine, type LogLook } from './log-line.ts';

/** Where the lines of logs go. */
export interface LogOut {
  lines(records: readonly LogRecord[]): void;
  gap(gap: Extract<LogNotice, { type: 'gap' }>): void;
  /** Settles when whoever reads has taken enough for more to be written; undefined when that is so already. */
  room(): Promise<void> | undefined;
  /** Settles when all was taken. */
  end(): Promise<void>;
}

export function createLogOut(context: CliContext, { names, json, color }: Given): LogOut {
  const { stdout, env } = context;
  const look: LogLook = {
    names,
    width: Math.max(...[...names.values()].map((one) => one.length)),
    colours: color && stdout.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb' ? 'on' : 'off',
    time: stdout.isTTY ? 'of the day' : 'whole',
  };
  const line = (record: LogRecord) => (json ? jsonLine(logFacts(record)) : logLine(record, look));
  const write = (text: string) => {
    if (text !== '' && !stdout.destroyed) stdout.write(text);
  };
  const drained = async () => {
    const over = new AbortController();
    const either = ['drain', 'close'].map((event) => once(stdout, event, { signal: over.signal }));
    await Promise.race(either).catch(() => undefined);
    over.abort();
    await Promise.allSettled(either);
  };
  const room = () => (stdout.writableNeedDrain && !stdout.destroyed ? drained() : undefined);
  return {
    lines: (records) => write(records.map((record) => `${line(record)}\n`).join('')),
    gap: ({ host, instances, lostMs }) => {
      if (json) write(`${jsonLine({ v: 1, type: 'gap', host, instances, ms: lostMs })}\n`);
    },
    room,
    end: async () => room(),
  };
}

interface Given {
  readonly names: ReadonlyMap<string, string>;
  readonly json: boolean;
  /** False with --no-color. */
  readonly color: boolean;
}
