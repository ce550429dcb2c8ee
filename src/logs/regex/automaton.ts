import type { Program } from './program.ts';
import { Reach } from './reach.ts';
import type { Side, Symbol, Symbols } from './symbols.ts';

/** All threads at once, between two characters. */
interface State {
  /** Steps at which threads stand, in ascending order. */
  readonly at: Uint16Array;
  readonly before: Side;
  /** By the symbol that comes next. */
  readonly next: (State | undefined)[];
  /** What is found, whatever comes; undefined while that is open. */
  readonly verdict: boolean | undefined;
  /** What is found when nothing comes. */
  atEnd: boolean | undefined;
}

/** Beyond these they are forgotten, and made again where they are needed. */
const MOST_STATES = 1000;

const NOWHERE = new Uint16Array();
const FOUND: State = { at: NOWHERE, before: 'other', next: [], verdict: true, atEnd: true };
const LOST: State = { at: NOWHERE, before: 'other', next: [], verdict: false, atEnd: false };

/**
 * Tells whether a program finds something: a text is read once, from its beginning to its end, whatever the program. States are
 * made when a text first leads to them; from then on a character costs a look into a table.
 */
export class Automaton {
  private readonly program: Program;
  private readonly symbols: Symbols;
  private readonly reach: Reach;
  private readonly states = new Map<string, State>();
  private readonly first: State;
  /** It may begin anywhere, not only where the text does. */
  private readonly floats: boolean;
  /** In which round each step was last taken into a state. */
  private readonly taken: Uint32Array;
  private round = 0;

  constructor(program: Program, symbols: Symbols) {
    this.program = program;
    this.symbols = symbols;
    this.reach = new Reach(program);
    this.taken = new Uint32Array(program.steps.length);
    this.first = {
      at: Uint16Array.of(program.start),
      before: 'nothing',
      next: [],
      verdict: undefined,
      atEnd: undefined,
    };
    this.floats = this.mayBeginLater();
  }

  test(text: string): boolean {
    let state = this.first;
    for (let index = 0; index < text.length; index += 1) {
      let code = text.charCodeAt(index);
      if (code >= 0xd800 && code < 0xdc00) {
        code = text.codePointAt(index)!;
        if (code >= 0x1_0000) index += 1;
      }
      const symbol = this.symbols.of(code);
      state = state.next[symbol.id] ?? this.grow(state, symbol);
      if (state.verdict !== undefined) return state.verdict;
    }
    return (state.atEnd ??= this.spread(state, 'nothing') === 'found');
  }

  private grow(state: State, symbol: Symbol): State {
    const next = this.follow(state, symbol);
    state.next[symbol.id] = next;
    return next;
  }

  private follow(state: State, symbol: Symbol): State {
    if (this.spread(state, symbol.side) === 'found') return FOUND;
    const at: number[] = [];
    this.round += 1;
    for (const index of this.reach.reached) {
      const step = this.program.steps[index]!;
      if (step.type === 'one' && symbol.isIn[step.set]) this.put(step.next, at);
    }
    if (this.floats) this.put(this.program.start, at);
    return at.length === 0 ? LOST : this.stateOf(Uint16Array.from(at).sort(), symbol.side);
  }

  private put(step: number, at: number[]): void {
    if (this.taken[step] === this.round) return;
    this.taken[step] = this.round;
    at.push(step);
  }

  private stateOf(at: Uint16Array, before: Side): State {
    const key = before + String.fromCharCode(...at);
    const known = this.states.get(key);
    if (known) return known;
    if (this.states.size >= MOST_STATES) this.forget();
    const state: State = { at, before, next: [], verdict: undefined, atEnd: undefined };
    this.states.set(key, state);
    return state;
  }

  private forget(): void {
    this.states.clear();
    this.first.next.length = 0;
  }

  /** Lets all threads go on to where they need the next character. */
  private spread({ at, before }: State, after: Side): 'found' | 'open' {
    this.reach.begin();
    for (const start of at) if (this.reach.from(start, { before, after }) === 'found') return 'found';
    return 'open';
  }

  private mayBeginLater(): boolean {
    const sides: readonly Side[] = ['word', 'other', 'nothing'];
    return ['word' as const, 'other' as const].some((before) =>
      sides.some((after) => this.spread({ ...this.first, before }, after) === 'found' || this.reach.reached.length > 0),
    );
  }
}
