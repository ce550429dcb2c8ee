import { Bug } from './errors.ts';

const PLAIN = /^[\w/.,:@%+][\w/.,:@%+-]*$/;

/**
 * One word for a POSIX shell. The only place where text becomes shell: everything from config, git and hosts passes here.
 * NUL cannot be carried by any argument, so it is refused rather than dropped.
 */
export function quote(word: string): string {
  if (word.includes('\0')) throw new Bug('A NUL byte cannot be passed to a shell.');
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

type Word = string | number | readonly string[];

/** Shell text in which every `${value}` is quoted; an array becomes its quoted words. */
export function sh(strings: TemplateStringsArray, ...values: readonly Word[]): string {
  return strings.reduce((text, part, index) => text + words(values[index - 1]!) + part);
}

function words(value: Word): string {
  return typeof value === 'object' ? value.map(quote).join(' ') : quote(String(value));
}
