import type { LogRecord } from '../../src/logs/record.ts';

/** A line of a log, as far as a test cares. */
export function recordOf(given: Partial<LogRecord> = {}): LogRecord {
  const message = given.message ?? 'served';
  return {
    ...{ source: 'bot.1@fra-1', t: 0, text: message, format: 'plain', level: undefined, fields: {}, isLate: false },
    ...given,
    message,
  };
}
