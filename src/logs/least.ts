import type { Level } from './levels.ts';

/** What a host can leave out by itself, so that a few bad lines among many need not travel with all of them. */
export interface Least {
  /** What journald counts as that bad, by number. */
  readonly priority: number;
  /** PCRE that finds more than what the line reader finds that bad, never less; all in lower case, so case does not count. */
  readonly grep: string;
}

const FATAL = [
  ...['fatal', 'panic', 'crit', 'alert', 'emerg', 'exception', 'traceback', 'uncaught', 'unhandled', 'core dumped'],
  ...['^e\\d{4} ', '^f\\d{4} '],
];
const ERROR = [...FATAL, 'err', 'severe', 'fail', '\\b5\\d\\d\\b', '"level": ?"?[5-9]\\d', 'oops', 'bug'];
const WARN = [...ERROR, 'warn', 'wrn', '\\b4\\d\\d\\b', '"level": ?"?4\\d', 'deprecat', '^w\\d{4} '];
/** What belongs to a line before it: an indented one, and what begins a cause, like `java.io.IOException: `. */
const TRACES = ['^\\s', '^caused by', '^\\.\\.\\.', '^goroutine', '^from ', '\\.\\w+:(?!\\d)'];

/**
 * All of them, but words by their first letter: journalctl has no compiler for patterns, so it takes half as long where few
 * places of a line are worth a try, and few words at each. For the same reason none begins with just any letter.
 */
function anyOf(patterns: readonly string[]): string {
  const isWord = (pattern: string) => /^[a-z]/.test(pattern);
  const words = Map.groupBy(patterns.filter(isWord), (word) => word.charAt(0));
  const grouped = [...words].map(([first, those]) => `${first}(?:${those.map((word) => word.slice(1)).join('|')})`);
  return [...grouped, ...patterns.filter((pattern) => !isWord(pattern))].join('|');
}

/** Undefined for levels that most lines have. */
export function leastOf(level: Level | undefined): Least | undefined {
  switch (level) {
    case 'fatal':
    case 'error':
      return { priority: 3, grep: anyOf([...ERROR, ...TRACES]) };
    case 'warn':
      return { priority: 4, grep: anyOf([...WARN, ...TRACES]) };
    default:
      return undefined;
  }
}
