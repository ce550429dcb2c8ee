import type { Hit, Matcher } from './matcher.ts';

/** More than these in one text help nobody to see them. */
const MOST = 200;

/** What to mark in a text: where any of the matchers hits, in order, with those that touch or overlap made one. */
export function hits(text: string, matchers: readonly Matcher[], most = MOST): readonly Hit[] {
  const all = matchers.flatMap((matcher) => matcher.hits(text, most));
  if (matchers.length > 1) all.sort((a, b) => a.start - b.start);
  const merged: Hit[] = [];
  for (const hit of all) {
    const last = merged.at(-1);
    if (last && hit.start <= last.end)
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, hit.end) };
    else merged.push(hit);
  }
  return merged.slice(0, most);
}
