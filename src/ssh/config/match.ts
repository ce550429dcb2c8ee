import { splitCriteria } from './lexer.ts';
import { matchesPatterns } from './patterns.ts';

/** What the criteria of a `Match` line are held against. */
export interface MatchSubject {
  readonly original: string;
  readonly host: string;
  readonly user: string;
  readonly localUser: string;
  /** The second reading, with the host's real name in place of the alias. */
  readonly isFinal: boolean;
  readonly succeeds: (command: string) => Promise<boolean>;
}

export type Judgement =
  | { readonly type: 'judged'; readonly matches: boolean; readonly wantsFinal: boolean }
  | { readonly type: 'misread'; readonly reason: string };

interface Criterion {
  readonly name: string;
  readonly isNegated: boolean;
  readonly value: string;
}

/** Judges a `Match` line from left to right; what follows a criterion that failed is not tried, so it runs no command. */
export async function judgeMatch(rest: string, subject: MatchSubject): Promise<Judgement> {
  const criteria = parseCriteria(splitCriteria(rest));
  if (typeof criteria === 'string') return { type: 'misread', reason: criteria };
  const wantsFinal = criteria.some(({ name }) => name === 'final');
  for (const criterion of criteria) {
    const holds = await judge(criterion, subject);
    if (holds === undefined) {
      return { type: 'misread', reason: `"Match ${criterion.name}" is only understood by the program ssh` };
    }
    if (holds === criterion.isNegated) return { type: 'judged', matches: false, wantsFinal };
  }
  return { type: 'judged', matches: true, wantsFinal };
}

const WITHOUT_VALUE = ['all', 'canonical', 'final'];

function parseCriteria(words: readonly string[]): readonly Criterion[] | string {
  const criteria: Criterion[] = [];
  const queue = [...words];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    const name = word.toLowerCase().replace(/^!/, '');
    const value = WITHOUT_VALUE.includes(name) ? '' : queue.shift();
    if (value === undefined) return `"Match ${name}" needs a value`;
    criteria.push({ name, value, isNegated: word.startsWith('!') });
  }
  const everything = criteria.findIndex(({ name }) => name === 'all');
  const isAlone = everything === criteria.length - 1 && criteria.slice(0, -1).every(({ value }) => value === '');
  if (everything >= 0 && !(isAlone && criteria.length <= 2)) return '"Match all" stands alone';
  return criteria.length === 0 ? '"Match" needs a criterion' : criteria;
}

/** Undefined: a criterion that is not known here. */
async function judge({ name, value }: Criterion, subject: MatchSubject): Promise<boolean | undefined> {
  const { original, host, user, localUser, isFinal } = subject;
  switch (name) {
    case 'all':
      return true;
    case 'canonical':
    case 'final':
      return isFinal;
    case 'host':
      return isListed(value.toLowerCase(), host.toLowerCase());
    case 'originalhost':
      return isListed(value.toLowerCase(), original.toLowerCase());
    case 'user':
      return isListed(value, user);
    case 'localuser':
      return isListed(value, localUser);
    case 'exec':
      return subject.succeeds(value);
    default:
      return undefined;
  }
}

function isListed(patterns: string, text: string): boolean {
  return matchesPatterns(patterns.split(','), text);
}
