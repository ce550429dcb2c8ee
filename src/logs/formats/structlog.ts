import { isText, jsonFormat } from './entry.ts';

const names = { level: ['level', 'log_level'], time: ['timestamp'], message: ['event'] };

/** `{"event":"…","level":"warning","logger":"test","timestamp":"2017-03-06T07:39:09.518720Z"}` */
export const structlog = jsonFormat(
  'structlog',
  names,
  (entry) => isText(entry['event']) && !('message' in entry) && ('level' in entry || 'timestamp' in entry),
);
