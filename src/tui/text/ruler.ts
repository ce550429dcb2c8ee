import { width } from './width.ts';

/**
 * The widest text of each column in a whole list. Only the rows that are seen are built, and the columns must not move
 * while it is scrolled. The answer is kept as long as the list is.
 */
export function createRuler<T extends object>(
  textsOf: (item: T) => readonly string[],
): (items: readonly T[]) => readonly string[] {
  const known = new WeakMap<readonly T[], readonly string[]>();
  return (items) => {
    const found = known.get(items) ?? widest(items.map(textsOf));
    known.set(items, found);
    return found;
  };
}

function widest(lines: readonly (readonly string[])[]): readonly string[] {
  return lines.reduce((found, line) => line.map((text, column) => wider(text, found[column] ?? '')), []);
}

function wider(one: string, other: string): string {
  return width(one) > width(other) ? one : other;
}
