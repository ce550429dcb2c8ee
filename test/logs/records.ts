import type { LogRecord } from '../../src/logs/record.ts';

/** A record that says as much as it has to. */
export function record(over: Partial<LogRecord> = {}): LogRecord {
  const message = over.message ?? 'all is well';
  return {
    ...{ format: 'plain', source: 'bot.1@fra-1', level: 'info', t: 1_000_000, message, text: message },
    ...{ fields: {}, isLate: false },
    ...over,
  };
}
