import { parseDuration } from '../base/duration.ts';

export interface Reckoning {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Where clocks are read: `Europe/Berlin`; where this machine is when it is not told. */
  readonly zone?: string | undefined;
}

const DAY = 86_400_000;
const PIECES = /^-?((?:\d+(?:\.\d+)?(?:ms|[smhd]))+)(?: ago)?$/;
const PIECE = /\d+(?:\.\d+)?(?:ms|[smhd])/g;
const CLOCK = String.raw`(?<hour>\d{1,2}):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,](?<part>\d{1,9}))?)?`;
const OFFSET = String.raw`(?<offset>Z|[+-]\d\d:?\d\d)`;
const BY_CLOCK = new RegExp(`^${CLOCK}$`);
const BY_DAY = new RegExp(`^(?<day>today|yesterday)(?: ${CLOCK})?$`);
const BY_DATE = new RegExp(`^(?<year>\\d{4})-(?<month>\\d\\d)-(?<date>\\d\\d)(?:[ T]${CLOCK} ?${OFFSET}?)?$`);

/**
 * The time that a person means, milliseconds since 1970; undefined when it is none. `10m` and `1h30m` are so long ago; `14:30` is
 * the last time that it was; `yesterday 14:30`, `2026-11-30`, `2026-11-30 14:30:05`; ISO's `2026-11-30T14:30:05Z`; and the seconds
 * or milliseconds since 1970 that logs have.
 */
export function parseWhen(text: string, reckoning: Reckoning): number | undefined {
  const written = text.trim();
  if (written === 'now') return reckoning.now;
  return ago(written, reckoning) ?? counted(written) ?? byClock(written, reckoning) ?? byDate(written, reckoning);
}

function ago(written: string, { now }: Reckoning): number | undefined {
  const pieces = PIECES.exec(written)?.[1]?.match(PIECE);
  return pieces ? sane(now - pieces.reduce((sum, piece) => sum + parseDuration(piece)!, 0)) : undefined;
}

function counted(written: string): number | undefined {
  if (/^\d{9,10}(\.\d{1,9})?$/.test(written)) return Math.round(Number(written) * 1000);
  return /^\d{12,13}$/.test(written) ? Number(written) : undefined;
}

function byClock(written: string, reckoning: Reckoning): number | undefined {
  const { day, ...clock } = (BY_CLOCK.exec(written) ?? BY_DAY.exec(written))?.groups ?? { day: 'none' };
  const ofDay = day === 'none' ? undefined : timeOfDay(clock);
  if (ofDay === undefined) return undefined;
  const today = Math.floor(wallAt(reckoning.now, reckoning.zone) / DAY) * DAY;
  if (day !== undefined) return sane(instantOf(today - (day === 'today' ? 0 : DAY) + ofDay, reckoning.zone));
  const t = instantOf(today + ofDay, reckoning.zone);
  return t <= reckoning.now ? t : instantOf(today - DAY + ofDay, reckoning.zone);
}

function byDate(written: string, { zone }: Reckoning): number | undefined {
  const groups = BY_DATE.exec(written)?.groups;
  const ofDay = groups && timeOfDay(groups);
  if (!groups || ofDay === undefined) return undefined;
  const { year, month, date, offset } = groups;
  const midnight = Date.parse(`${year}-${month}-${date}T00:00:00Z`);
  // "2026-02-30" is March in some minds
  if (Number.isNaN(midnight) || new Date(midnight).getUTCDate() !== Number(date)) return undefined;
  return sane(offset === undefined ? instantOf(midnight + ofDay, zone) : midnight + ofDay - lengthOf(offset));
}

/** Milliseconds since midnight; midnight itself where nothing is said. */
function timeOfDay(clock: Readonly<Record<string, string | undefined>>): number | undefined {
  const { hour = '0', minute = '0', second = '0', part = '' } = clock;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const whole = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
  return whole * 1000 + Number(part.slice(0, 3).padEnd(3, '0'));
}

function lengthOf(offset: string): number {
  if (offset === 'Z') return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2));
  return (offset.startsWith('-') ? -minutes : minutes) * 60_000;
}

/** What clocks show there at that time, as if they showed UTC. */
function wallAt(t: number, zone: string | undefined): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  }).formatToParts(t);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const seconds = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return seconds + (((t % 1000) + 1000) % 1000);
}

/** When clocks there show that. Asked twice, since the first guess may lie beyond a change of the clocks. */
function instantOf(wall: number, zone: string | undefined): number {
  const guess = wall - (wallAt(wall, zone) - wall);
  return wall - (wallAt(guess, zone) - guess);
}

function sane(t: number): number | undefined {
  return Number.isFinite(t) && t >= 0 ? t : undefined;
}
