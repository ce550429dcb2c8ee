/** What a regular expression says: only what an automaton can tell, so no looking around and no going back to groups. */
export type Tree =
  /** One character. `source`: the set it is of, as V8 reads it under the flag `u`: `\u{61}`, `[\d\u{2e}]`. */
  | { readonly type: 'one'; readonly source: string }
  | { readonly type: 'place'; readonly place: Place }
  /** One after the other; nothing at all when there is none. */
  | { readonly type: 'row'; readonly parts: readonly Tree[] }
  /** The first that serves. */
  | { readonly type: 'either'; readonly ways: readonly Tree[] }
  | ({ readonly type: 'repeat'; readonly of: Tree } & Times);

/** `edge`: where a word begins or ends; `inside`: anywhere else. */
export type Place = 'start' | 'end' | 'edge' | 'inside';

export interface Times {
  readonly least: number;
  /** May be Infinity. */
  readonly most: number;
  readonly prefers: 'more' | 'fewer';
}

/** Why a text is no regular expression. `at`: the index of the character that is to blame. */
export class Misread extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}
