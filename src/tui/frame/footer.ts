import { keyLabel } from '../keys/label.ts';
import { bindingsOf, scopeOf } from '../keys/table.ts';
import { bodyOf } from '../layout.ts';
import type { Notice } from '../notice.ts';
import type { UiState } from '../state.ts';
import { rule } from '../components/rule.ts';
import { type Area, type Row, row, rowWidth, span } from '../text/row.ts';

/** The line above the footer: what was just said, or nothing but a rule. */
export function noticeRow(state: UiState): Row {
  const area = bodyOf(state);
  if (!state.notice) return rule(area);
  const { style, text } = state.notice;
  return row(span(` ${noticeGlyph(style, area)} ${text}`, style));
}

function noticeGlyph(style: Notice['style'], { glyphs }: Area): string {
  return style === 'ok' ? glyphs.ok : style === 'bad' ? glyphs.bad : glyphs.warn;
}

/** The keys that do something here and now; the less needed ones leave when it gets narrow. */
export function footer(state: UiState): Row {
  const { columns } = bodyOf(state);
  let kept = bindingsOf(scopeOf(state)).filter(
    (binding) => binding.priority > 0 && binding.keys.length > 0 && binding.disabledReason?.(state) === undefined,
  );
  while (rowWidth(keysRow(kept)) > columns && kept.length > 1) {
    const leaves = kept.reduce((worst, binding) => (binding.priority >= worst.priority ? binding : worst));
    kept = kept.filter((binding) => binding !== leaves);
  }
  return keysRow(kept);
}

function keysRow(bindings: readonly { keys: readonly string[]; label: string }[]): Row {
  const words = bindings.map(({ keys, label }) => [span(keyLabel(keys[0]!), 'key'), span(` ${label}`)]);
  return row(' ', ...words.flatMap((word, index) => (index === 0 ? word : [span('   '), ...word])));
}
