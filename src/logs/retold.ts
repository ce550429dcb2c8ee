import type { SourceLine } from './host-source.ts';
import { Overlap } from './overlap.ts';

interface Retelling {
  readonly pass: (line: SourceLine) => void;
  /** Whether what came joins what was heard before. */
  readonly tell: (joins: boolean) => void;
}

export interface Sorted {
  readonly onLine: (line: SourceLine) => void;
  /** Nothing more is waited for. */
  readonly settle: () => void;
}

/** Passes on what is new, once that is known. */
export function withoutRetold(kept: readonly string[], { pass, tell }: Retelling): Sorted {
  const overlap = new Overlap(kept);
  const lines: SourceLine[] = [];
  let isSettled = false;
  const release = (fresh: number) => {
    isSettled = true;
    tell(overlap.joins);
    lines.slice(lines.length - fresh).forEach(pass);
  };
  return {
    settle: () => {
      if (!isSettled && lines.length > 0) release(overlap.rest().length);
    },
    onLine: (line) => {
      if (isSettled) {
        pass(line);
        return;
      }
      lines.push(line);
      const fresh = overlap.next(line.text);
      if (fresh) release(fresh.length);
    },
  };
}
