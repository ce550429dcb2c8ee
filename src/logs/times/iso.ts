import { timeOf, type When } from './when.ts';

/** A time at the beginning of a text, and where the text goes on. */
export interface TimeAt {
  readonly t: number;
  readonly end: number;
}

/** Minutes ahead of UTC. Only what PostgreSQL and Go write often; others are read as if they had no zone. */
const ZONES: ReadonlyMap<string, number> = new Map([
  ...[['Z', 0] as const, ['UTC', 0] as const, ['GMT', 0] as const, ['BST', 60] as const],
  ...[['CET', 60] as const, ['CEST', 120] as const, ['EET', 120] as const, ['EEST', 180] as const],
  ...[['EST', -300] as const, ['EDT', -240] as const, ['CST', -360] as const, ['CDT', -300] as const],
  ...[['MST', -420] as const, ['MDT', -360] as const, ['PST', -480] as const, ['PDT', -420] as const],
  ...[['JST', 540] as const],
]);

const ISO = new RegExp(
  '(\\d{4})[-/](\\d\\d)[-/](\\d\\d)[T ](\\d\\d):(\\d\\d):(\\d\\d)(?:[.,](\\d{1,9}))?' +
    `(?: ?(?:([+-]\\d\\d):?(\\d\\d)?|(${[...ZONES.keys()].join('|')})(?![A-Za-z])))?`,
  'y',
);

/**
 * As ISO 8601, RFC 3339, Python, Go and log4j write it: a `T` or a space, a point or a comma, dashes or slashes.
 * Milliseconds since 1970; undefined where there is none at `from`.
 */
export function isoAt(text: string, from: number, when: When): TimeAt | undefined {
  ISO.lastIndex = from;
  const found = ISO.exec(text);
  if (!found) return undefined;
  const [, year, month, day, hour, minute, second, fraction, ahead, aheadMinutes, name] = found;
  const clock = { hour: Number(hour), minute: Number(minute), second: Number(second), fraction };
  const zone = zoneOf(ahead, aheadMinutes) ?? (name === undefined ? undefined : ZONES.get(name)) ?? when.zone;
  const t = timeOf({ year: Number(year), month: Number(month), day: Number(day) }, clock, zone);
  return t === undefined ? undefined : { t, end: ISO.lastIndex };
}

/** `+0530`, `-07:00`, `+02`: minutes ahead of UTC. */
export function zoneOf(hours: string | undefined, minutes: string | undefined): number | undefined {
  if (hours === undefined) return undefined;
  const ahead = Math.abs(Number(hours)) * 60 + Number(minutes ?? 0);
  return hours.startsWith('-') ? -ahead : ahead;
}
