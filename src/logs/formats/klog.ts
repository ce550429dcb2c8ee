import type { Level } from '../levels.ts';
import { inNearestYear, timeOf, type When } from '../times/when.ts';
import { type Entry, fieldsOf, NOTHING_TOLD, type TextFormat } from './format.ts';
import { pairsOf, unescaped } from './pairs.ts';

const LINE =
  /^([DIWEF])(\d{4})?(\d\d)(\d\d) (\d\d):(\d\d):(\d\d)\.(\d{1,9}) +(?:(\d{1,10}) +)?([^\s:\]]{1,200}:\d{1,6})\] ?(.*)$/s;
const LEVELS: Readonly<Record<string, Level>> = { D: 'debug', I: 'info', W: 'warn', E: 'error', F: 'fatal' };
/** Kubernetes writes its message in quotes when pairs follow. */
const QUOTED = /^"((?:[^"\\]|\\.)*)"(?= |$)/;

/** glog and klog: `E0517 15:04:22.619632    1952 logging.cc:253] Log every 3`. The year is the nearest one. */
export const klog: TextFormat = {
  name: 'klog',
  read(text, when) {
    const found = LINE.exec(text);
    if (!found) return undefined;
    const [, letter, , , , , , , , pid, source, rest] = found;
    const quoted = QUOTED.exec(rest!);
    const pairs: Entry = quoted ? (pairsOf(rest!, quoted[0].length)?.fields ?? {}) : {};
    const fields = { ...fieldsOf({ pid: pid === undefined ? undefined : Number(pid), source }), ...pairs };
    const message = quoted ? unescaped(quoted[1]!) : rest!;
    return { level: LEVELS[letter!], t: timeIn(found, when), message, fields, told: NOTHING_TOLD };
  },
};

function timeIn(
  [, , year, month, day, hour, minute, second, fraction]: RegExpExecArray,
  when: When,
): number | undefined {
  const clock = { hour: Number(hour), minute: Number(minute), second: Number(second), fraction };
  if (year === undefined) return inNearestYear(Number(month), Number(day), { clock, when });
  return timeOf({ year: Number(year), month: Number(month), day: Number(day) }, clock, when.zone);
}
