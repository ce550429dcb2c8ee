import { COMPARISONS, type Comparison } from './field.ts';
import type { TermName } from './term.ts';

/** What a person wrote, cut into terms that are not understood yet. */
export type Written = { readonly says: 'has' | 'lacks'; readonly text: string } & (
  | { readonly type: 'word'; readonly value: string }
  | { readonly type: 'regex'; readonly source: string; readonly case: 'same' | 'any' }
  | { readonly type: 'named'; readonly name: TermName; readonly value: string }
  | { readonly type: 'compared'; readonly name: string; readonly comparison: Comparison; readonly value: Value }
);

/** What follows a comparison. */
export type Value =
  | { readonly type: 'text'; readonly text: string; readonly isQuoted: boolean }
  | { readonly type: 'regex'; readonly source: string; readonly case: 'same' | 'any' };

export const NAMES: readonly TermName[] = ['level', 'host', 'instance', 'role', 'release', 'since', 'until'];

const BLANKS = /\s*/y;
// "->" and "--" are text
const SIGN = /[-!](?=[^\s>=-])/y;
const NAMED = new RegExp(`(${NAMES.join('|')}):`, 'y');
/** "a=>b" and "a==b" are text. */
const COMPARED = new RegExp(`([A-Za-z_@$](?:[\\w.@$-]*[\\w$])?)(${COMPARISONS.join('|')})(?![>=])`, 'y');
const REGEX = /\/((?:[^/\\]|\\.|\/(?!i?(?:\s|$)))+)\/(i?)(?=\s|$)/y;
/** A quote that is not closed yet goes up to the end: it is still being typed. */
const QUOTED = /"((?:[^"\\]|\\.)*)(?:"|\\?$)/y;
const BARE = /\S+/y;
const PIECE = /[^\s"]+/y;

/** Cuts a text into terms, by blanks that are not quoted. Everything is a term of some kind: nothing is refused here. */
export function split(text: string): readonly Written[] {
  const cutter = new Cutter(text);
  const terms: Written[] = [];
  for (cutter.match(BLANKS); cutter.at < text.length; cutter.match(BLANKS)) terms.push(cutter.term());
  return terms;
}

class Cutter {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  term(): Written {
    const says = this.match(SIGN) ? 'lacks' : 'has';
    const from = this.at;
    const term = this.regex() ?? this.named() ?? this.compared() ?? this.word();
    return { says, text: this.text.slice(from, this.at), ...term };
  }

  match(sticky: RegExp): RegExpExecArray | undefined {
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.text) ?? undefined;
    if (found) this.at += found[0].length;
    return found;
  }

  private regex() {
    const [, source, flag] = this.match(REGEX) ?? [];
    if (source === undefined) return undefined;
    return { type: 'regex' as const, source, case: flag === 'i' ? ('any' as const) : ('same' as const) };
  }

  private named() {
    const name = this.match(NAMED)?.[1] as TermName | undefined;
    return name && { type: 'named' as const, name, value: this.rest() };
  }

  private compared() {
    const [, name, comparison] = this.match(COMPARED) ?? [];
    if (name === undefined) return undefined;
    const isQuoted = this.text[this.at] === '"';
    const regex = comparison === '~' ? this.regex() : undefined;
    const value = regex ?? { type: 'text' as const, isQuoted, text: this.rest() };
    return { type: 'compared' as const, name, comparison: comparison as Comparison, value };
  }

  private word() {
    return { type: 'word' as const, value: this.quoted() ?? this.match(BARE)?.[0] ?? '' };
  }

  /** Up to the next blank that is not quoted. */
  private rest(): string {
    let value = '';
    for (let piece: string | undefined = ''; piece !== undefined; piece = this.quoted() ?? this.match(PIECE)?.[0])
      value += piece;
    return value;
  }

  private quoted(): string | undefined {
    return this.match(QUOTED)?.[1]?.replace(/\\(["\\])/g, '$1');
  }
}
