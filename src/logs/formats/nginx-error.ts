import { levelNamed } from '../levels.ts';
import { isoAt } from '../times/iso.ts';
import { fieldsOf, NOTHING_TOLD, type TextFormat } from './format.ts';

const LINE = /^(\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d) \[([a-z]{3,6})\] (\d{1,10})#\d{1,10}: (?:\*(\d{1,20}) )?(.*)$/s;
const CONTEXT = /, (client|server|request|upstream|host|referrer): (?:"((?:[^"\\]|\\.)*)"|([^,]*))/g;

/** `2016/10/25 14:49:34 [error] 54053#0: *1 open() failed, client: 127.0.0.1, server: localhost, request: "GET / HTTP/1.1"` */
export const nginxError: TextFormat = {
  name: 'nginx-error',
  read(text, when) {
    const [, date, level, pid, connection, rest] = LINE.exec(text) ?? [];
    if (date === undefined || level === undefined || rest === undefined) return undefined;
    const at = rest.indexOf(', client: ');
    const context: Record<string, string | undefined> = {};
    for (const [, name, quoted, bare] of at < 0 ? [] : rest.slice(at).matchAll(CONTEXT))
      context[name!] = quoted ?? bare;
    const fields = fieldsOf({ pid: Number(pid), connection, ...context });
    const message = at < 0 ? rest : rest.slice(0, at);
    return { level: levelNamed(level), t: isoAt(date, 0, when)?.t, message, fields, told: NOTHING_TOLD };
  },
};
