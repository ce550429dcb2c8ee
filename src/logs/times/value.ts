import { isoAt } from './iso.ts';
import { unixTime } from './unix.ts';
import type { When } from './when.ts';

/** The time that a value of JSON tells, a number or a text of either kind; undefined when it tells none. */
export function timeOfValue(value: unknown, when: When): number | undefined {
  if (typeof value === 'number') return unixTime(value);
  if (typeof value !== 'string' || value.length > 64) return undefined;
  return isoAt(value, 0, when)?.t ?? (/^\d{9,19}(?:\.\d+)?$/.test(value) ? unixTime(Number(value)) : undefined);
}
