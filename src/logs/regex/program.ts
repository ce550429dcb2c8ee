import { Misread, type Place, type Times, type Tree } from './tree.ts';

/** A step of a thread; steps are named by their index. `fork`: the first way is preferred. */
export type Step =
  | { readonly type: 'one'; readonly set: number; readonly next: number }
  | { readonly type: 'place'; readonly place: Place; readonly next: number }
  | { readonly type: 'fork'; readonly ways: readonly number[] }
  | { readonly type: 'found' };

export interface Program {
  readonly steps: readonly Step[];
  readonly start: number;
  /** The sets of characters that steps look for, each once, as V8 reads them. */
  readonly sets: readonly string[];
}

/** What one character costs at worst grows with these. */
const MOST_STEPS = 500;

/** Thompson's construction, from the end to the beginning: each part is laid before what follows it. Throws Misread. */
export function compile(tree: Tree): Program {
  if (sizeOf(tree) > MOST_STEPS) throw new Misread('too long once its repetitions are written out', 0);
  const layer = new Layer();
  const found = layer.add({ type: 'found' });
  const start = layer.lay(tree, found);
  return { steps: layer.steps, start, sets: [...layer.sets.keys()] };
}

class Layer {
  readonly steps: Step[] = [];
  readonly sets = new Map<string, number>();

  add(step: Step): number {
    return this.steps.push(step) - 1;
  }

  /** Where a thread has to begin that does that and goes on there. */
  lay(tree: Tree, next: number): number {
    switch (tree.type) {
      case 'one':
        return this.add({ type: 'one', set: this.setOf(tree.source), next });
      case 'place':
        return this.add({ type: 'place', place: tree.place, next });
      case 'row':
        return tree.parts.reduceRight((after, part) => this.lay(part, after), next);
      case 'either':
        return this.add({ type: 'fork', ways: tree.ways.map((way) => this.lay(way, next)) });
      case 'repeat':
        return this.layRepeat(tree.of, tree, next);
    }
  }

  private layRepeat(of: Tree, { least, most, prefers }: Times, next: number): number {
    const fork = (into: number) => (prefers === 'more' ? [into, next] : [next, into]);
    let start = next;
    if (most === Infinity) {
      const ways: number[] = [];
      start = this.add({ type: 'fork', ways });
      ways.push(...fork(this.lay(of, start)));
    } else {
      for (let time = least; time < most; time += 1)
        start = this.add({ type: 'fork', ways: fork(this.lay(of, start)) });
    }
    for (let time = 0; time < least; time += 1) start = this.lay(of, start);
    return start;
  }

  private setOf(source: string): number {
    const known = this.sets.get(source) ?? this.sets.size;
    this.sets.set(source, known);
    return known;
  }
}

/** How many steps it will take, without taking them. */
function sizeOf(tree: Tree): number {
  switch (tree.type) {
    case 'one':
    case 'place':
      return 1;
    case 'row':
      return tree.parts.reduce((sum, part) => sum + sizeOf(part), 0);
    case 'either':
      return tree.ways.reduce((sum, way) => sum + sizeOf(way), 1);
    case 'repeat':
      return (sizeOf(tree.of) + 1) * (tree.most === Infinity ? tree.least + 1 : tree.most);
  }
}
