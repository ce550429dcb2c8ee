import { type Level, levelNamed, levelOf } from '../levels.ts';
import { isoAt, type TimeAt } from '../times/iso.ts';
import { onNearestDay, type When } from '../times/when.ts';
import { NOTHING_TOLD, type TextFormat } from './format.ts';

const CLOCK = /(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?=[\s\]])/y;
const WORDS =
  'TRACE|TRC|VERBOSE|DEBUG|DBG|INFO|INF|NOTICE|LOG|WARNING|WARN|WRN|ERROR|ERR|SEVERE|FATAL|FTL|CRITICAL|CRIT|ALERT|EMERG|PANIC';
// what may repeat is bounded, so that no line can make these try for long
/** In capitals, behind a thread or a process in brackets at most, and behind who is logged in at PostgreSQL. */
const CAPITALS = new RegExp(
  `^[\\s|:-]{0,9}((?:\\[[^\\]]{0,80}\\][\\s|:-]{0,9}){0,3}?(?:[^\\s@]{1,40}@\\S{1,40} )?)[[(<|]?(${WORDS})(?![\\w-])\\s{0,9}[\\])>|]?[\\s:|-]*`,
);
/** In any letters, where something shows that it is no word of a sentence. */
const MARKED =
  /^\s{0,9}(?:\[\s{0,9}([A-Za-z]{3,11})\s{0,9}\]|\t([A-Za-z]{3,11})(?=\t)|\|?\s{0,9}([A-Za-z]{3,11})\s{0,9}[:|])\s*/;

/**
 * A time, maybe a level, and a message, in brackets or not: log4j, logback, zap's console, pino-pretty, Go's log,
 * PostgreSQL. What stands between time and level stays with the message.
 */
export const timed: TextFormat = {
  name: 'timed',
  read(text, when) {
    const from = text.startsWith('[') ? 1 : 0;
    const dated = isoAt(text, from, when);
    const time = dated ?? clockAt(text, from, when);
    if (!time || (from === 1 && text[time.end] !== ']')) return undefined;
    const rest = text.slice(time.end + from);
    const head = headOf(rest);
    // a clock without a day may be a duration, unless a level follows
    if (!head && !dated) return undefined;
    const { level, message } = head ?? { level: levelOf(rest.trimStart()), message: rest.replace(/^[\s:|-]+/, '') };
    return { level, t: time.t, message, fields: {}, told: NOTHING_TOLD };
  },
};

function headOf(rest: string): { readonly level: Level; readonly message: string } | undefined {
  const [whole, before = '', word] = CAPITALS.exec(rest) ?? [];
  if (whole !== undefined) return { level: levelNamed(word!)!, message: before.trimStart() + rest.slice(whole.length) };
  const [marked, bracketed, tabbed, ended] = MARKED.exec(rest) ?? [];
  const level = levelNamed(bracketed ?? tabbed ?? ended ?? '');
  return marked === undefined || level === undefined ? undefined : { level, message: rest.slice(marked.length) };
}

function clockAt(text: string, from: number, when: When): TimeAt | undefined {
  CLOCK.lastIndex = from;
  const [, hour, minute, second, fraction] = CLOCK.exec(text) ?? [];
  if (hour === undefined) return undefined;
  const clock = { hour: Number(hour), minute: Number(minute), second: Number(second), fraction };
  const t = onNearestDay(clock, when);
  return t === undefined ? undefined : { t, end: CLOCK.lastIndex };
}
