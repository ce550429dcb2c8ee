import { isText, jsonFormat } from './entry.ts';

const names = { level: ['level'], time: ['timestamp'], message: ['message'] };

/** `{"level":"info","message":"…","timestamp":"2024-01-01T12:00:00.000Z"}`; the time is often missing. */
export const winston = jsonFormat(
  'winston',
  names,
  (entry) => isText(entry['level']) && isText(entry['message']) && !('time' in entry) && !('@timestamp' in entry),
);
