import { wholeText } from './fields-text.ts';
import { createLineReader } from './line-reader.ts';

/** `14:30:05 ERROR could not connect  code=ETIMEDOUT` of each line of one log: what it does not say itself is left out. UTC. */
export function readable(lines: readonly string[]): readonly string[] {
  // only the time of the day is shown, whatever the year
  const reader = createLineReader({ now: () => 0 });
  return lines.map((text) => {
    const parsed = reader.read({ source: '', text, t: undefined, priority: undefined });
    if (parsed.message === text) return text;
    const at = parsed.t === undefined ? [] : [new Date(parsed.t).toISOString().slice(11, 19)];
    const level = parsed.level === undefined ? [] : [parsed.level.toUpperCase()];
    return [...at, ...level, wholeText({ ...parsed, text })].join(' ');
  });
}
