import { levelNamed } from '../levels.ts';
import { isoAt } from '../times/iso.ts';
import { fieldsOf, NOTHING_TOLD, type TextFormat } from './format.ts';

const LEVEL = '(DEBUG|INFO|WARNING|ERROR|CRITICAL)';
const NAMED = new RegExp(
  `^(\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(?:[,.]\\d{1,6})?) - (\\S{1,200}) - ${LEVEL} - (.*)$`,
  's',
);
const BASIC = new RegExp(`^${LEVEL}:([^\\s:]{1,200}):(.*)$`, 's');

/** `2024-01-01 12:00:00,123 - name - ERROR - message`, which every tutorial has, and `ERROR:root:message`, the default. */
export const python: TextFormat = {
  name: 'python',
  read(text, when) {
    const [, date, name, level, message] = NAMED.exec(text) ?? [undefined, undefined, ...basicIn(text)];
    if (name === undefined || level === undefined || message === undefined) return undefined;
    const t = date === undefined ? undefined : isoAt(date, 0, when)?.t;
    return { level: levelNamed(level), t, message, fields: fieldsOf({ logger: name }), told: NOTHING_TOLD };
  },
};

function basicIn(text: string): (string | undefined)[] {
  const [, level, name, message] = BASIC.exec(text) ?? [];
  return [name, level, message];
}
