import { UserError } from '../base/errors.ts';
import type { JsonDocument, Path } from './json.ts';
import { pathText } from './quoted.ts';

const MOST_SHOWN = 40;

/** Collects everything that is wrong in one file, so that it is told at once, in the order of the file. */
export class Mistakes {
  readonly #document: JsonDocument;
  /** By the line that is shown: what is wrong above the stages would be found once for every stage. */
  readonly #found = new Map<string, number>();

  constructor(document: JsonDocument) {
    this.#document = document;
    for (const fault of document.faults) this.#add(fault.offset, fault.path, fault.message);
  }

  get any(): boolean {
    return this.#found.size > 0;
  }

  /** The value at the path is wrong (or missing: then the place is what should hold it). */
  at(path: Path, message: string): void {
    this.#add(this.#document.offsetOf(path), path, message);
  }

  /** The key at the end of the path is wrong. */
  atKey(path: Path, message: string): void {
    this.#add(this.#document.keyOffsetOf(path), path, message);
  }

  /** "hosts.json:14:9", to name a second place in a message. */
  placeOf(path: Path): string {
    return this.#place(this.#document.offsetOf(path));
  }

  throwIfAny(): void {
    if (!this.any) return;
    const lines = [...this.#found].sort(([, a], [, b]) => a - b).map(([line]) => line);
    const detail = lines.slice(0, MOST_SHOWN);
    if (lines.length > MOST_SHOWN) detail.push(`… and ${lines.length - MOST_SHOWN} more`);
    const { name } = this.#document;
    const message = lines.length === 1 ? `${name} has a mistake.` : `${name} has ${lines.length} mistakes.`;
    throw new UserError({ code: 'SLIP_CONFIG', message, detail });
  }

  #add(offset: number, path: Path, message: string): void {
    const where = path.length === 0 ? '' : ` ${pathText(path)}:`;
    this.#found.set(`${this.#place(offset)}${where} ${message}`, offset);
  }

  #place(offset: number): string {
    return `${this.#document.name}:${this.#document.position(offset)}`;
  }
}
