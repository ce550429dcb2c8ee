import { isText, jsonFormat } from './entry.ts';

const names = { level: ['level'], time: ['time'], message: ['msg'] };

/** Go's own: `{"time":"2024-05-23T15:10:25.353663+02:00","level":"INFO","msg":"…"}` */
export const slog = jsonFormat(
  'slog',
  names,
  ({ level, time, msg }) => isText(level) && level === level.toUpperCase() && isText(time) && isText(msg),
);
