import { levelNamed } from '../levels.ts';
import { monthNamed } from '../times/months.ts';
import { timeOf } from '../times/when.ts';
import { fieldsOf, NOTHING_TOLD, type TextFormat } from './format.ts';

const TIME = '[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\\d{1,2}) (\\d\\d):(\\d\\d):(\\d\\d)(?:\\.(\\d{1,9}))? (\\d{4})';
const LINE = new RegExp(
  `^\\[${TIME}\\] \\[(?:([\\w-]{0,40}):)?([a-z]{3,6})\\d?\\] ` +
    '(?:\\[pid (\\d{1,10})(?::tid (\\d{1,20}))?\\] )?(?:\\[client ([^\\]]{1,100})\\] )?(.*)$',
  's',
);

/** `[Fri Sep 09 10:42:29.902022 2011] [core:error] [pid 35708:tid 4328636416] [client 72.15.99.187] File does not exist` */
export const apacheError: TextFormat = {
  name: 'apache-error',
  read(text, when) {
    if (!text.startsWith('[')) return undefined;
    const found = LINE.exec(text);
    if (!found) return undefined;
    const [, month, day, hour, minute, second, fraction, year, module, level, pid, thread, client, message] = found;
    const clock = { hour: Number(hour), minute: Number(minute), second: Number(second), fraction };
    const date = { year: Number(year), month: monthNamed(month!), day: Number(day) };
    const fields = fieldsOf({ module, pid: pid === undefined ? undefined : Number(pid), thread, client });
    const t = timeOf(date, clock, when.zone);
    return { level: levelNamed(level!), t, message: message!, fields, told: NOTHING_TOLD };
  },
};
