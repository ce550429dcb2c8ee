import { isText, jsonFormat } from './entry.ts';

const names = { level: ['level'], time: ['time'], message: ['msg'] };

/** `{"level":"warning","msg":"…","time":"2014-03-10T19:57:38-04:00"}` */
export const logrusJson = jsonFormat(
  'logrus',
  names,
  ({ level, time, msg }) => isText(level) && level === level.toLowerCase() && isText(time) && isText(msg),
);
