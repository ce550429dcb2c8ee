import { keyLabel } from '../../keys/label.ts';
import type { Binding, Scope } from '../../keys/binding.ts';
import { bindingsOf } from '../../keys/table.ts';
import type { ScreenName, UiState } from '../../state.ts';
import { type Area, type Row, blank, row, span } from '../../text/row.ts';
import { pad, wrap } from '../../text/width.ts';
import { TITLES } from '../titles.ts';

const KEYS_WIDTH = 18;

/** The keys of the screen that help was called from, with why they cannot be pressed now; then those of dialogs. */
export function helpRows(state: UiState, area: Area): Row[] {
  const below: ScreenName = state.screens.at(-2) ?? 'fleet';
  const dialogs: readonly (readonly [string, Scope])[] = [
    ['When leaving while a rollout runs', 'quit'],
    ['When a rollout was left unfinished', 'unfinished'],
    ['When somebody else runs a rollout', 'elsewhere'],
    ['When asked for the name of a protected stage', 'typeStage'],
    ['When asked yes or no', 'ask'],
    ['When a host or a key asks for something', 'answer'],
  ];
  const asked = dialogs.flatMap(([title, scope]) => [
    blank,
    row(span(` ${title}`, 'muted')),
    ...bindingsOf(scope)
      .filter((binding) => binding.priority > 0)
      .flatMap((binding) => bindingRows(binding, undefined, area)),
  ]);
  const here = bindingsOf(below).flatMap((binding) => bindingRows(binding, binding.disabledReason?.(state), area));
  const mark = row(
    span(` ${area.glyphs.warn}`, 'warn'),
    span(' changes something on the hosts, and asks first', 'muted'),
  );
  return [row(span(` Keys of the screen ${TITLES[below]}`, 'muted')), ...here, ...asked, blank, mark];
}

function bindingRows(binding: Binding, reason: string | undefined, { columns, glyphs }: Area): Row[] {
  // what has no key of its own is found by its name
  const names = binding.keys.length > 0 ? binding.keys.map(keyLabel) : [`: ${binding.label}`];
  const keys = pad(names.join(' '), KEYS_WIDTH);
  const text = reason === undefined ? binding.help : `${binding.help} (Not now: ${reason}.)`;
  const [first = '', ...more] = wrap(text, columns - KEYS_WIDTH - 6);
  const style = reason === undefined ? 'plain' : 'muted';
  const mark = binding.danger ? span(`${glyphs.warn} `, 'warn') : span('  ');
  const indent = ' '.repeat(KEYS_WIDTH + 4);
  return [
    row(' ', span(` ${keys}`, reason === undefined ? 'key' : 'muted'), mark, span(first, style)),
    ...more.map((line) => row(span(indent + line, style))),
  ];
}
