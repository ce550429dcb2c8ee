// @ts-check
import { hostname } from 'node:os';

/** What a log line carries besides its message; an Error goes under `err`, as with pino. */
/** @typedef {Record<string, unknown> & { err?: unknown }} Fields */

const levels = { info: 30, warn: 40, error: 50, fatal: 60 };
const host = hostname();

// A log reader that went away must not take the bot with it.
process.stdout.on('error', () => undefined);

/** @param {unknown} err */
const serialised = (err) =>
  err instanceof Error ? { type: err.name, message: err.message, stack: err.stack ?? '' } : { message: String(err) };

/** @param {number} level */
const writer = (level) => {
  /** @param {Fields} fields @param {string} msg */
  return (fields, msg) => {
    const { err, ...rest } = fields;
    const line = { level, time: Date.now(), pid: process.pid, hostname: host, ...rest };
    process.stdout.write(
      `${JSON.stringify({ ...line, ...(err === undefined ? {} : { err: serialised(err) }), msg })}\n`,
    );
  };
};

/** Writes one JSON line a call to standard output, in the format of pino. */
export const log = {
  info: writer(levels.info),
  warn: writer(levels.warn),
  error: writer(levels.error),
  fatal: writer(levels.fatal),
};

/**
 * Ends the process once the lines written so far are out.
 * @param {number} code
 */
export function leave(code) {
  process.stdout.write('', () => process.exit(code));
}
