import { isText, jsonFormat } from './entry.ts';

const names = { level: ['level'], time: ['time'], message: ['msg'] };

/** `{"name":"app","hostname":"a","pid":1,"level":30,"msg":"…","time":"2012-02-08T22:56:52.856Z","v":0}` */
export const bunyan = jsonFormat(
  'bunyan',
  names,
  (entry) => typeof entry['level'] === 'number' && typeof entry['v'] === 'number' && isText(entry['time']),
);
