import { plural } from '../../../base/text.ts';
import { driftWords } from '../../../rollout/drift.ts';
import type { UiState } from '../../state.ts';
import { paragraph } from '../../text/paragraph.ts';
import { type Area, type Row, blank, row, span } from '../../text/row.ts';
import { driftOf, type FleetLine } from './select.ts';

/** More about the line under the cursor, where there is room. */
export function detailRows(line: FleetLine | undefined, state: UiState, area: Area): Row[] {
  const drift = driftOf(state, line);
  const told = drift === undefined ? [] : paragraph(driftWords(drift), area, { style: 'warn', most: 2 });
  if (area.rows < 18) return told;
  // its room is kept, so that the list does not jump under the cursor
  if (line?.type !== 'instance' || !line.found) return told.length > 0 ? told : [blank];
  const { current, previous, service, busy } = line.found;
  const subject = state.fleet.fleet?.releases.find((one) => one.id === current)?.subject;
  const facts = [
    subject === undefined || subject === '' ? undefined : `"${subject}"`,
    `before: ${previous ?? 'nothing'}`,
    service.pid === undefined ? undefined : `pid ${service.pid}`,
    service.restarts ? plural(service.restarts, 'restart') : undefined,
    service.detail === '' ? undefined : service.detail,
    busy === undefined ? undefined : `rollout ${busy} is at work on it`,
  ];
  const text = facts.filter((fact) => fact !== undefined).join(` ${area.glyphs.separator} `);
  return [...told, row(span(` ${line.id}  `, 'strong'), span(text, 'muted'))];
}
