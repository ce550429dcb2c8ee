import { levelNamed } from '../levels.ts';
import { isoAt } from '../times/iso.ts';
import { fieldsOf, NOTHING_TOLD, type TextFormat } from './format.ts';
import { readLograge } from './lograge.ts';

const LINE = /^[DIWEFA], \[([\d\-T:.]{19,29}) #(\d{1,10})\]\s{1,2}([A-Z]{3,7}) -- ([^:]{0,60}): (.*)$/s;

/** Ruby's Logger: `I, [2023-11-14T09:21:15.136914 #56791]  INFO -- : started`; requests of lograge are read further. */
export const ruby: TextFormat = {
  name: 'ruby',
  read(text, when) {
    const [, date, pid, name, program, rest] = LINE.exec(text) ?? [];
    if (date === undefined || name === undefined || rest === undefined) return undefined;
    const t = isoAt(date, 0, when)?.t;
    const request = readLograge(rest, when);
    const level = request?.level === 'info' ? levelNamed(name) : (request?.level ?? levelNamed(name));
    const fields = { ...fieldsOf({ pid: Number(pid), program }), ...request?.fields };
    return { level, t, message: request?.message ?? rest, fields, told: request?.told ?? NOTHING_TOLD };
  },
};
