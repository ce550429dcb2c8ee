import { levelNamed } from '../levels.ts';
import { isoAt } from '../times/iso.ts';
import { fieldsOf, NOTHING_TOLD, type TextFormat } from './format.ts';

// what may repeat is bounded, so that no line can make it try for long
const BEHIND_TIME =
  /\s{1,9}(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\s{1,9}(\d{1,10}) --- (?:\[([^\]]{0,100})\] )?\[([^\]]{0,100})\] (\S{1,200})\s{0,60}: (.*)$/sy;

/** Spring Boot: `2019-03-05 10:57:51.112  INFO 45469 --- [           main] o.a.c.core.StandardEngine  : Starting` */
export const spring: TextFormat = {
  name: 'spring',
  read(text, when) {
    if (!text.includes(' --- ')) return undefined;
    const time = isoAt(text, 0, when);
    if (!time) return undefined;
    BEHIND_TIME.lastIndex = time.end;
    const [, level, pid, app, thread, logger, message] = BEHIND_TIME.exec(text) ?? [];
    if (level === undefined || message === undefined) return undefined;
    const fields = fieldsOf({ pid: Number(pid), app, thread: thread?.trim(), logger });
    return { level: levelNamed(level), t: time.t, message, fields, told: NOTHING_TOLD };
  },
};
