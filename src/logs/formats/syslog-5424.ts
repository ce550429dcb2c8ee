import { levelOfSeverity } from '../levels.ts';
import { isoAt } from '../times/iso.ts';
import { type Entry, fieldsOf, NOTHING_TOLD, type TextFormat } from './format.ts';

const HEAD = /^<(\d{1,3})>[1-9]\d? (\S{1,40}) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) /;
const ELEMENT = /\[([^\s\]="]{1,32})((?: [^\s\]="]{1,32}="(?:[^"\\\]]|\\.)*")*)\]/y;
const PARAMETER = / ([^\s\]="]{1,32})="((?:[^"\\\]]|\\.)*)"/g;

/** `<165>1 2003-10-11T22:14:15.003Z host evntslog 42 ID47 [id@1 a="b"] An application event`; `-` is nothing. */
export const syslog5424: TextFormat = {
  name: 'syslog-5424',
  read(text, when) {
    const head = HEAD.exec(text);
    if (!head || Number(head[1]) > 191) return undefined;
    const [whole, priority, date, host, program, pid, id] = head;
    const data = dataIn(text, whole.length);
    if (!data) return undefined;
    const named = fieldsOf({ host: said(host!), program: said(program!), pid: said(pid!), id: said(id!) });
    // a byte order mark says that the message is UTF-8
    const message = text
      .slice(data.end)
      .replace(/^ /, '')
      .replace(/^\ufeff/, '');
    const fields = { ...named, ...data.fields };
    return {
      level: levelOfSeverity(Number(priority) % 8),
      t: isoAt(date!, 0, when)?.t,
      message,
      fields,
      told: NOTHING_TOLD,
    };
  },
};

/** Structured data, a field for each element. */
function dataIn(text: string, from: number): { readonly fields: Entry; readonly end: number } | undefined {
  if (text[from] === '-') return { fields: {}, end: from + 1 };
  const fields = Object.create(null) as Record<string, unknown>;
  let end = from;
  ELEMENT.lastIndex = from;
  for (let found = ELEMENT.exec(text); found; found = ELEMENT.exec(text)) {
    end = ELEMENT.lastIndex;
    const parameters = Object.create(null) as Record<string, unknown>;
    for (const [, name, value] of found[2]!.matchAll(PARAMETER))
      parameters[name!] = value!.replace(/\\(["\\\]])/g, '$1');
    fields[found[1]!] = parameters;
  }
  return end === from ? undefined : { fields, end };
}

function said(text: string): string | undefined {
  return text === '-' ? undefined : text;
}
