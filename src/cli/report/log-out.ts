import { once } from 'node:events';
import type { LogRecord } from '../../logs/record.ts';
import type { LogNotice } from '../../logs/stream.ts';
import { type CliContext, warn } from '../context.ts';
import { jsonLine } from '../json-line.ts';
import { logFacts, logLine, type LogLook } from './log-line.ts';
import { grouped } from '../../base/text.ts';

/** Where the lines of logs go. */
export interface LogOut {
  lines(records: readonly LogRecord[]): void;
  gap(gap: Extract<LogNotice, { type: 'gap' }>): void;
  /** Settles when all was taken. */
  end(): Promise<void>;
}

/** Text that waits for whoever reads; above that, lines are dropped and counted rather than kept without a bound. */
const MOST_WAITING = 32_000_000;

export function createLogOut(context: CliContext, { names, json, color }: Given): LogOut {
  const { stdout, env } = context;
  const look: LogLook = {
    names,
    colours: color && stdout.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb' ? 'on' : 'off',
    time: stdout.isTTY ? 'of the day' : 'whole',
  };
  const line = (record: LogRecord) => (json ? jsonLine(logFacts(record)) : logLine(record, look));
  let dropped = 0;
  const write = (text: string) => {
    if (text !== '' && !stdout.destroyed) stdout.write(text);
  };
  return {
    lines: (records) => {
      if (stdout.writableLength > MOST_WAITING) {
        dropped += records.length;
        return;
      }
      if (dropped > 0) {
        warn(context, `${grouped(dropped)} lines were dropped: whoever reads them is slower than they come`);
        dropped = 0;
      }
      write(records.map((record) => `${line(record)}\n`).join(''));
    },
    gap: ({ host, instances, lostMs }) => {
      if (json) write(`${jsonLine({ v: 1, type: 'gap', host, instances, ms: lostMs })}\n`);
    },
    end: async () => {
      if (stdout.writableNeedDrain && !stdout.destroyed)
        await Promise.race([once(stdout, 'drain'), once(stdout, 'close')]);
    },
  };
}

interface Given {
  readonly names: ReadonlyMap<string, string>;
  readonly json: boolean;
  /** False with --no-color. */
  readonly color: boolean;
}
