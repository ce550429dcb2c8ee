import { jsonFormat } from './entry.ts';

const names = {
  level: ['level', 'severity', 'levelname', 'log.level', 'lvl', 'loglevel', 'log_level'],
  time: ['time', 'ts', 'timestamp', '@timestamp', 'datetime', 'date', 't', 'eventTime'],
  message: ['msg', 'message', 'event', 'text', 'short_message', 'log'],
};

/** Any other object: what it calls as most do is understood. */
export const json = jsonFormat('json', names, () => true);
