/** A host tells so many of the last lines whenever its log is followed anew. */
export const RETOLD = 50;

/**
 * Finds the lines that are told again when a log is followed anew: those that stand at the end of what was heard before.
 * `tail`: the last lines of it, oldest first.
 */
export class Overlap {
  private readonly tail: readonly string[];
  /** Where in the tail the first line that came may stand. */
  private starts: number[];
  private heard: string[] = [];
  /** How many of those that were heard are known to be old. */
  private old = 0;

  constructor(tail: readonly string[]) {
    this.tail = tail;
    this.starts = tail.map((_, index) => index);
  }

  /** The lines that are new for sure; undefined while that cannot be told yet. */
  next(line: string): readonly string[] | undefined {
    this.heard.push(line);
    const at = this.heard.length - 1;
    this.starts = this.starts.filter((start) => this.tail[start + at] === line);
    const isComplete = this.starts.some((start) => start + at === this.tail.length - 1);
    if (isComplete) this.old = this.heard.length;
    const goesOn = this.starts.some((start) => start + at < this.tail.length - 1);
    return goesOn ? undefined : this.rest();
  }

  /** What is taken for new when nothing more comes. */
  rest(): readonly string[] {
    return this.heard.slice(this.old);
  }

  /** Whether what came joins what was heard before: no line is missing in between. */
  get joins(): boolean {
    return this.old > 0;
  }
}
