/** What stands beside a place in a text. */
export type Side = 'nothing' | 'word' | 'other';

/** Characters that no step of a program tells apart. */
export interface Symbol {
  readonly id: number;
  /** Whether each of the program's sets has it. */
  readonly isIn: readonly boolean[];
  readonly side: Side;
}

const LATIN = 256;
/** No log is written with more of them, unless to fill memory. */
const MOST_OTHERS = 8192;

/** Tells characters apart as far as a program does. V8 says what a set holds, of one character at a time, and is asked once for each. */
export class Symbols {
  private readonly sets: readonly RegExp[];
  private readonly word: RegExp;
  private readonly latin = new Array<Symbol | undefined>(LATIN).fill(undefined);
  private readonly others = new Map<number, Symbol>();
  private readonly known = new Map<string, Symbol>();

  constructor(sets: readonly string[], flags: string) {
    this.sets = sets.map((source) => new RegExp(source, flags));
    this.word = new RegExp('\\w', flags);
  }

  of(code: number): Symbol {
    return (code < LATIN ? this.latin[code] : this.others.get(code)) ?? this.learn(code);
  }

  private learn(code: number): Symbol {
    const symbol = this.find(String.fromCodePoint(code));
    if (this.others.size >= MOST_OTHERS) this.others.clear();
    if (code < LATIN) this.latin[code] = symbol;
    else this.others.set(code, symbol);
    return symbol;
  }

  private find(character: string): Symbol {
    const isIn = this.sets.map((set) => set.test(character));
    const side = this.word.test(character) ? 'word' : 'other';
    const key = `${side}${isIn.map(Number).join('')}`;
    const known = this.known.get(key);
    if (known) return known;
    const symbol: Symbol = { id: this.known.size, isIn, side };
    this.known.set(key, symbol);
    return symbol;
  }
}
