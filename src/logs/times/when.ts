/** What is known of a line's time before it is read. */
export interface When {
  /** Minutes that the clock of a time without a zone is ahead of UTC. */
  readonly zone: number;
  /** Milliseconds since 1970, about when the line was written: for times without a year, or a day. */
  readonly near: number;
}

/** A time as it is written: month 1 to 12; milliseconds as a fraction of a second. */
export interface Clock {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** The digits behind the point, up to nine. */
  readonly fraction: string | undefined;
}

export interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const DAY_MS = 86_400_000;

/** Milliseconds since 1970; undefined for what is no time, as the 31st of a 13th month. */
export function timeOf(day: Day, clock: Clock, zone: number): number | undefined {
  if (day.month < 1 || day.month > 12 || day.day < 1 || day.day > 31) return undefined;
  if (clock.hour > 23 || clock.minute > 59 || clock.second > 60) return undefined;
  const whole = Date.UTC(day.year, day.month - 1, day.day, clock.hour, clock.minute, clock.second);
  return whole + milliseconds(clock.fraction) - zone * 60_000;
}

/** In the year that brings it closest to when the line was written. */
export function inNearestYear(month: number, day: number, at: { clock: Clock; when: When }): number | undefined {
  const { clock, when } = at;
  const year = new Date(when.near).getUTCFullYear();
  const times = [year - 1, year, year + 1].map((one) => timeOf({ year: one, month, day }, clock, when.zone));
  return nearest(times, when.near);
}

/** On the day that brings it closest to when the line was written. */
export function onNearestDay(clock: Clock, when: When): number | undefined {
  const start = new Date(when.near);
  const today = { year: start.getUTCFullYear(), month: start.getUTCMonth() + 1, day: start.getUTCDate() };
  const noon = timeOf(today, clock, when.zone);
  if (noon === undefined) return undefined;
  return nearest([noon - DAY_MS, noon, noon + DAY_MS], when.near);
}

function nearest(times: readonly (number | undefined)[], near: number): number | undefined {
  let best: number | undefined;
  for (const time of times) {
    if (time === undefined) continue;
    if (best === undefined || Math.abs(time - near) < Math.abs(best - near)) best = time;
  }
  return best;
}

function milliseconds(fraction: string | undefined): number {
  if (fraction === undefined) return 0;
  return Number(fraction.length > 3 ? fraction.slice(0, 3) : fraction.padEnd(3, '0'));
}
