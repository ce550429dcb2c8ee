import { isText, jsonFormat } from './entry.ts';

const names = { level: ['level'], time: ['time'], message: ['message'] };

/** `{"level":"info","time":1516134303,"message":"…"}`; seconds, milliseconds or RFC 3339. */
export const zerolog = jsonFormat(
  'zerolog',
  names,
  (entry) => isText(entry['level']) && 'time' in entry && !('msg' in entry),
);
