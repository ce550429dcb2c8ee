import type { Program, Step } from './program.ts';
import type { Side } from './symbols.ts';
import { unreachable } from '../../base/errors.ts';
import type { Place } from './tree.ts';

/** A place between two characters. */
export interface Between {
  readonly before: Side;
  readonly after: Side;
}

/** Where threads get to without taking a character. */
export class Reach {
  private readonly steps: readonly Step[];
  private readonly seen: Uint32Array;
  private readonly waiting: number[] = [];
  private round = 0;
  /** Steps that take a character, the preferred ones first, none twice. */
  readonly reached: number[] = [];

  constructor({ steps }: Program) {
    this.steps = steps;
    this.seen = new Uint32Array(steps.length);
  }

  /** Nothing is reached yet. */
  begin(): void {
    this.round += 1;
    this.reached.length = 0;
  }

  /** A thread goes on from there. `found`: it got to the end of the program; what it would rather not do is left out. */
  from(start: number, between: Between): 'found' | 'open' {
    const { waiting, seen, round } = this;
    waiting.length = 0;
    waiting.push(start);
    for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
      if (seen[index] === round) continue;
      seen[index] = round;
      const step = this.steps[index]!;
      if (step.type === 'one') this.reached.push(index);
      else if (step.type === 'found') return 'found';
      else if (step.type === 'place') {
        if (holds(step.place, between)) waiting.push(step.next);
      } else for (let way = step.ways.length - 1; way >= 0; way -= 1) waiting.push(step.ways[way]!);
    }
    return 'open';
  }
}

function holds(place: Place, { before, after }: Between): boolean {
  switch (place) {
    case 'start':
      return before === 'nothing';
    case 'end':
      return after === 'nothing';
    case 'edge':
      return (before === 'word') !== (after === 'word');
    case 'inside':
      return (before === 'word') === (after === 'word');
    default:
      return unreachable(place);
  }
}
