import type { UiState } from '../../state.ts';
import { type Area, type Row, type Span, row, rowWidth, span } from '../../text/row.ts';

/** Every stage, the open one marked; those that are too many for the row are left out at the far end. */
export function tabRows({ stages, stage }: UiState, { columns, glyphs }: Area): Row[] {
  if (stages.length < 2) return [];
  const open = stages.findIndex((one) => one.stage === stage);
  const tabs = stages.map((one, index): Span => {
    const text = index === open ? `[${one.stage}]` : ` ${one.stage} `;
    return span(text, index === open ? (one.protected ? 'danger' : 'strong') : 'muted');
  });
  let first = 0;
  const shown = () => row(' ', ...tabs.slice(first), span('  [ ] switch', 'muted'));
  while (rowWidth(shown()) > columns && first < open) first += 1;
  return first === 0 ? [shown()] : [row(span(glyphs.ellipsis, 'muted'), ...shown().spans)];
}
