/** What can be held back, and let go on: a stream that is read. */
export interface Flowing {
  pause(): void;
  resume(): void;
}

/** Holds back whatever is attached to it at the time, and what is attached later. */
export class Valve {
  #isShut = false;
  #target: Flowing | undefined;

  get isShut(): boolean {
    return this.#isShut;
  }

  attach(target: Flowing): void {
    this.#target = target;
    if (this.#isShut) target.pause();
  }

  shut(): void {
    this.#isShut = true;
    this.#target?.pause();
  }

  open(): void {
    this.#isShut = false;
    this.#target?.resume();
  }
}
