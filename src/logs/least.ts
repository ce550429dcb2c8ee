import type { Level } from './levels.ts';

/** What a host can leave out by itself, so that a few bad lines among many need not travel with all of them. */
export interface Least {
  /** What journald counts as that bad, by number. */
  readonly priority: number;
  /** PCRE that finds more than what the line reader finds that bad, never less; all in lower case, so case does not count. */
  readonly grep: string;
}

const FATAL = 'fatal|panic|crit|alert|emerg|exception|traceback|uncaught|unhandled|core dumped|^[ef]\\d{4} ';
const ERROR = `${FATAL}|err|severe|fail|\\b5\\d\\d\\b|"level": ?"?[5-9]\\d|oops|bug`;
const WARN = `${ERROR}|warn|wrn|\\b[45]\\d\\d\\b|"level": ?"?[4-9]\\d|deprecat|^w\\d{4} `;
/** What belongs to a line before it: an indented one, and what begins a cause. */
const TRACES = '^\\s|^caused by|^\\.\\.\\.|^goroutine|^\\w+(\\.\\w+)+:|^from ';

/** Undefined for levels that most lines have. */
export function leastOf(level: Level | undefined): Least | undefined {
  switch (level) {
    case 'fatal':
    case 'error':
      return { priority: 3, grep: `${ERROR}|${TRACES}` };
    case 'warn':
      return { priority: 4, grep: `${WARN}|${TRACES}` };
    default:
      return undefined;
  }
}
