import { InvalidArgumentError } from 'commander';

/** Of an option with names: separated by commas, and added to those of the same option before. */
export function nameList(text: string, before: readonly string[] = []): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('Separate names by single commas.');
  return [...before, ...names];
}
