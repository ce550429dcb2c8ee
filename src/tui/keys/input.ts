import type { Key } from 'ink';

/** A key as the table names it: "j", "G", "enter", "ctrl+c", "pageDown"; or any character that was typed. */
export type KeyName = string;

const NAMED = {
  upArrow: 'up',
  downArrow: 'down',
  leftArrow: 'left',
  rightArrow: 'right',
  pageDown: 'pageDown',
  pageUp: 'pageUp',
  home: 'home',
  end: 'end',
  return: 'enter',
  escape: 'esc',
  tab: 'tab',
  backspace: 'backspace',
  delete: 'backspace',
} as const;

const CONTROL: Readonly<Record<string, KeyName>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\u001b': 'esc',
  '\b': 'backspace',
  '\u007f': 'backspace',
};

/**
 * The keys in one report of Ink. Characters that were typed fast arrive together, as if they were one: each becomes its own
 * key again.
 */
export function keysOf(input: string, key: Key): KeyName[] {
  if (key.eventType === 'release') return [];
  for (const [flag, name] of Object.entries(NAMED)) {
    if (key[flag as keyof typeof NAMED]) return [name];
  }
  if (key.ctrl) return input === '' ? [] : [`ctrl+${input.toLowerCase()}`];
  if (key.meta || key.super || key.hyper) return [];
  return [...new Intl.Segmenter().segment(input)].flatMap(({ segment }) => CONTROL[segment] ?? typed(segment));
}

/** Ctrl and a letter is the letter's place in the alphabet; nothing else that cannot be printed is a key. */
function typed(segment: string): KeyName[] {
  if (/^[\u0001-\u001a]$/.test(segment)) return [`ctrl+${String.fromCharCode(segment.charCodeAt(0) + 0x60)}`];
  return /[\u0000-\u001f\u007f-\u009f]/.test(segment) ? [] : [segment];
}

export function isCharacter(name: KeyName): boolean {
  return [...new Intl.Segmenter().segment(name)].length === 1;
}
