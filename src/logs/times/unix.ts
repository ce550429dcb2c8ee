const SECONDS_FROM = 1e8;
const MILLISECONDS_FROM = 1e11;
const MICROSECONDS_FROM = 1e14;
const NANOSECONDS_FROM = 1e17;
const NANOSECONDS_TO = 1e19;

/**
 * A number that counts from 1970, in seconds, milliseconds, microseconds or nanoseconds: since the seventies these do
 * not overlap. Milliseconds since 1970; undefined for a number that is too small or too large to be a time.
 */
export function unixTime(number: number): number | undefined {
  if (!(number >= SECONDS_FROM && number < NANOSECONDS_TO)) return undefined;
  if (number < MILLISECONDS_FROM) return Math.floor(number * 1000);
  if (number < MICROSECONDS_FROM) return Math.floor(number);
  return Math.floor(number / (number < NANOSECONDS_FROM ? 1000 : 1e6));
}
