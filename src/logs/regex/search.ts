import type { Hit } from '../matcher.ts';
import type { Program } from './program.ts';
import { Reach } from './reach.ts';
import type { Side, Symbols } from './symbols.ts';

interface Thread {
  readonly step: number;
  /** Where in the text it began. */
  readonly start: number;
}

/** Steps of threads that one text may take: some ten milliseconds. */
const MOST_WORK = 200_000;

/** Finds where a program hits, as JavaScript would: the first that begins, and of these the one that is preferred. */
export class Search {
  private readonly program: Program;
  private readonly symbols: Symbols;
  private readonly reach: Reach;
  private work = 0;

  constructor(program: Program, symbols: Symbols) {
    this.program = program;
    this.symbols = symbols;
    this.reach = new Reach(program);
  }

  /** Hits of nothing are left out. */
  hits(text: string, most: number): readonly Hit[] {
    const found: Hit[] = [];
    this.work = 0;
    for (let from = 0; from < text.length && found.length < most;) {
      const hit = this.find(text, from);
      if (!hit) break;
      if (hit.end > hit.start) found.push(hit);
      from = hit.end > hit.start ? hit.end : hit.end + lengthAt(text, hit.end);
    }
    return found;
  }

  /** Undefined also when the work is too much. */
  private find(text: string, from: number): Hit | undefined {
    let hit: Hit | undefined;
    let threads: Thread[] = [];
    let before = sideBefore(text, from, this.symbols);
    for (let index = from; index <= text.length;) {
      if (!hit) threads.push({ step: this.program.start, start: index });
      const code = text.codePointAt(index);
      const symbol = code === undefined ? undefined : this.symbols.of(code);
      const { active, ended } = this.spread(threads, { before, after: symbol?.side ?? 'nothing' });
      if (ended) hit = { start: ended.start, end: index };
      if (!symbol || (hit && active.length === 0)) break;
      threads = this.consume(active, symbol.isIn);
      before = symbol.side;
      index += code! > 0xffff ? 2 : 1;
      if (this.work > MOST_WORK) return undefined;
    }
    return hit;
  }

  /** Where the threads get to; those that would be less welcome than one that has ended are dropped. */
  private spread(threads: readonly Thread[], between: { readonly before: Side; readonly after: Side }) {
    const active: Thread[] = [];
    const { reach } = this;
    let ended: Thread | undefined;
    reach.begin();
    for (const thread of threads) {
      const went = reach.from(thread.step, between);
      for (const step of reach.reached.slice(active.length)) active.push({ step, start: thread.start });
      if (went === 'open') continue;
      ended = thread;
      break;
    }
    this.work += active.length + 1;
    return { active, ended };
  }

  private consume(active: readonly Thread[], isIn: readonly boolean[]): Thread[] {
    const threads: Thread[] = [];
    for (const { step: index, start } of active) {
      const step = this.program.steps[index]!;
      if (step.type === 'one' && isIn[step.set]) threads.push({ step: step.next, start });
    }
    return threads;
  }
}

function sideBefore(text: string, index: number, symbols: Symbols): Side {
  return index === 0 ? 'nothing' : symbols.of(text.charCodeAt(index - 1)).side;
}

function lengthAt(text: string, index: number): number {
  return (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
}
