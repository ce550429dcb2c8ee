import * as z from 'zod';
import { DURATION, formatDuration, parseDuration } from '../base/duration.ts';
import { parseRate, RATE, SLOWEST_RATE } from '../base/rate.ts';
import { parseAddress } from './address.ts';
import { deployToProblem, folderProblem, insideProblem, socketProblem } from './paths.ts';
import { quoted } from './quoted.ts';

/** The kinds of values in hosts.json, each with the words for what is wrong with one. */
type Problem = (text: string) => string | undefined;

const NAME_LENGTH = 64;
const LONGEST_DURATION = 7 * 86_400_000;

/** Names become folders, unit names and words on a command line: nothing in them ever needs a quote. */
export const NAMES = {
  app: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
  host: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
  stage: /^[A-Za-z0-9][A-Za-z0-9_-]*$/,
  /** Instances are `role.number`; a leading letter keeps JavaScript from sorting the roles. */
  role: /^[A-Za-z][A-Za-z0-9_-]*$/,
} as const;

const NAME_RULES = {
  app: 'letters, digits, ".", "_" and "-", the first a letter or digit',
  host: 'letters, digits, ".", "_" and "-", the first a letter or digit',
  stage: 'letters, digits, "_" and "-", the first a letter or digit',
  role: 'letters, digits, "_" and "-", the first a letter',
} as const;

export function name(kind: keyof typeof NAMES): z.ZodString {
  const error = (issue: { input?: unknown }) =>
    `expected a name of at most ${NAME_LENGTH} ${NAME_RULES[kind]}; got ${quoted(issue.input)}.`;
  return z.string({ error }).regex(NAMES[kind], { error }).max(NAME_LENGTH, { error });
}

/** A text on one line, described in a few words: "a git ref". */
export function text(what: string, problem: Problem = () => undefined): z.ZodString {
  return checked(what, (value) => oneLineProblem(value) ?? problem(value));
}

/** Shell text of the user's own; may have several lines. */
export function command(what = 'a command'): z.ZodString {
  return checked(what, (value) => oneLineProblem(value.replaceAll(/[\n\t]/g, ' ')));
}

export function deployToField(): z.ZodString {
  return checked('an absolute path', deployToProblem);
}

export function folderField(): z.ZodString {
  return checked('an absolute path', folderProblem);
}

/** A socket on a host. */
export function socketField(): z.ZodString {
  return checked('an absolute path', socketProblem);
}

/** What HAProxy takes for a name; nothing in it can end a command of its runtime socket. */
export const PROXY_NAME = /^[A-Za-z0-9_.:-]+$/;

export function proxyName(what: string): z.ZodString {
  return text(what, (value) =>
    PROXY_NAME.test(value) ? undefined : `expected letters, digits, ".", "_", ":" and "-", got ${quoted(value)}.`,
  );
}

/** A relative path that stays inside the tree; `"."` only where the whole of it makes sense. */
export function insideField(whole: 'whole' | 'part'): z.ZodString {
  return checked('a relative path', (value) => insideProblem(value, whole));
}

export function insideOrAbsolute(): z.ZodString {
  return text('a path', (value) => (value.split('/').includes('..') ? '".." is not allowed in a path.' : undefined));
}

export function addressField(): z.ZodString {
  return checked('an address', (value) => {
    const address = parseAddress(value);
    return 'problem' in address ? address.problem : undefined;
  });
}

export function duration(leastMs: number): z.ZodString {
  const error = (issue: { input?: unknown }) => {
    const meant = meantDuration(issue.input);
    return `expected a duration such as "2s", got ${quoted(issue.input)}.${meant ? ` Write "${meant}".` : ''}`;
  };
  return z
    .string({ error })
    .regex(DURATION, { error })
    .superRefine((value, context) => {
      const ms = parseDuration(value);
      if (ms === undefined || (ms >= leastMs && ms <= LONGEST_DURATION)) return;
      const bound = ms < leastMs ? `at least ${formatDuration(leastMs)}` : `at most ${LONGEST_DURATION / 86_400_000}d`;
      context.addIssue(`expected ${bound}, got ${quoted(value)}.`);
    });
}

/** Bytes per second. */
export function rate(): z.ZodString {
  const error = (issue: { input?: unknown }) =>
    `expected bytes per second such as "500k" or "2M", got ${quoted(issue.input)}.`;
  return z
    .string({ error })
    .regex(RATE, { error })
    .superRefine((value, context) => {
      const bytes = parseRate(value);
      if (bytes !== undefined && bytes < SLOWEST_RATE) {
        context.addIssue(`expected at least "${SLOWEST_RATE / 1000}k", got ${quoted(value)}.`);
      }
    });
}

export function share(): z.ZodUnion<[z.ZodNumber, z.ZodString]> {
  const error = (issue: { input?: unknown }) =>
    `expected a number of instances from 1, or a share from "1%" to "100%"; got ${quoted(issue.input)}.`;
  return z.union([z.int({ error }).min(1, { error }), z.string({ error }).regex(/^([1-9]\d?|100)%$/, { error })], {
    error,
  });
}

/** A whole number between two bounds. */
export function whole(least: number, most: number): z.ZodNumber {
  const error = (issue: { input?: unknown }) =>
    `expected a whole number from ${least} to ${most}, got ${quotedAsNumber(issue.input)}.`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

/** Any number between two bounds. */
export function numeric(least: number, most: number): z.ZodNumber {
  const error = (issue: { input?: unknown }) =>
    `expected a number from ${least} to ${most}, got ${quotedAsNumber(issue.input)}.`;
  return z.number({ error }).min(least, { error }).max(most, { error });
}

function checked(what: string, problem: Problem): z.ZodString {
  return z
    .string({ error: (issue) => `expected ${what} in quotes, got ${quoted(issue.input)}.` })
    .superRefine((value, context) => {
      const message = value === '' ? `expected ${what}, got "".` : problem(value);
      if (message !== undefined) context.addIssue(message);
    });
}

function oneLineProblem(value: string): string | undefined {
  if (/[\u0000-\u001f\u007f-\u009f]/.test(value)) return `holds a control character: ${quoted(value)}.`;
  if (!value.isWellFormed()) return 'holds half of a character (a lone surrogate), which no host can store.';
  return value.trim() === '' ? `expected more than spaces, got ${quoted(value)}.` : undefined;
}

function quotedAsNumber(input: unknown): string {
  const bare = typeof input === 'string' && /^\d+$/.test(input) ? ` Write ${input.slice(0, 10)} without quotes` : '';
  return `${quoted(input)}${bare && `.${bare}`}`;
}

const UNIT_WORDS = [
  ['ms', /^(ms|msecs?|millis(econds?)?|milliseconds?)$/],
  ['s', /^(s|secs?|seconds?)$/],
  ['m', /^(m|mins?|minutes?)$/],
  ['h', /^(h|hrs?|hours?)$/],
  ['d', /^(d|days?)$/],
] as const;

/** "2 sec", 2, "1m30s" → what to write instead. */
function meantDuration(input: unknown): string | undefined {
  if (typeof input === 'number' && input >= 0 && input < 1e9) return `${input}s`;
  if (typeof input !== 'string') return undefined;
  if (/^\d{1,9}$/.test(input)) return `${input}s`;
  const parts = [...input.toLowerCase().matchAll(/\s*(\d{1,9}(?:\.\d{1,3})?)\s*([a-z]+)/gy)];
  const words = parts.map(
    ([, amount, word]) => `${amount!}${UNIT_WORDS.find(([, words]) => words.test(word!))?.[0] ?? '?'}`,
  );
  if (parts.map(([all]) => all).join('').length !== input.trimEnd().length || words.length === 0) return undefined;
  if (words.length === 1) return words[0]!.includes('?') ? undefined : words[0];
  const ms = words.map((word) => parseDuration(word) ?? NaN).reduce((sum, part) => sum + part, 0);
  return Number.isNaN(ms) ? undefined : `${ms / 1000}s`;
}
