import { sanitise } from '../base/sanitise.ts';
import type { Path } from './json.ts';

const LONGEST = 60;

/** A value out of the file, fit for a message: sanitised, cut, in quotes when it is a text. */
export function quoted(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(cut(sanitise(value)));
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}

/** "stages.production.hosts[0].address"; a key that is not a plain word stands in quotes. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    if (!/^[\w$-]{1,64}$/.test(step)) return `${text}[${quoted(step)}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

function cut(text: string): string {
  // Without the half of a pair that the cut may leave.
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
