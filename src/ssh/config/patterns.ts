/** Patterns of ssh_config(5) and known_hosts: `*` is any text, `?` one character; everything must match. */
export function matchesPattern(pattern: string, text: string): boolean {
  let [at, here, star, retry] = [0, 0, -1, 0];
  while (here < text.length) {
    if (pattern[at] === '*') {
      star = at;
      retry = here;
      at += 1;
    } else if (pattern[at] === '?' || pattern[at] === text[here]) {
      at += 1;
      here += 1;
    } else if (star >= 0) {
      // the last star takes one more: never further back, so this stays quick whatever the pattern
      at = star + 1;
      retry += 1;
      here = retry;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}

/** A negated pattern that matches decides alone, wherever it stands in the list. */
export function matchesPatterns(patterns: readonly string[], text: string): boolean {
  const hits = patterns.filter((pattern) => matchesPattern(pattern.replace(/^!/, ''), text));
  return hits.length > 0 && !hits.some((pattern) => pattern.startsWith('!'));
}
