import { plural } from '../../base/text.ts';
import { instancesOf, statesOf } from '../../rollout/fleet.ts';
import { describeLock } from '../../rollout/lock-words.ts';
import type { Unfinished } from '../../rollout/unfinished.ts';
import { unfinishedWords } from '../../rollout/unfinished-words.ts';
import { standingLock } from '../screens/fleet/select.ts';
import { shortRelease } from '../text/release.ts';
import type { ChoiceDialog, UiState } from '../state.ts';
import { paragraph } from '../text/paragraph.ts';
import { type Area, type Row, blank, row, span } from '../text/row.ts';
import { pad, width } from '../text/width.ts';
import { optionRows } from './option-rows.ts';
import { rule } from '../components/rule.ts';
import { healthSign, serviceSign } from '../components/signs.ts';

/** A rollout that nobody runs any more: what it was, what every instance really runs, and the ways out. */
export function unfinishedRows(state: UiState, dialog: ChoiceDialog, area: Area): Row[] {
  const { standing } = state;
  if (standing?.controller !== 'gone') return [];
  const [what, where] = unfinishedWords(standing.unfinished);
  const head = [
    rule(area, 'A rollout was left unfinished'),
    ...paragraph(`${what}. ${where}:`, area, { most: area.rows < 14 ? 2 : 4 }),
  ];
  const ways = optionRows(state, dialog, area);
  const room = area.rows - 1 - head.length - ways.length - 1;
  return [...head, ...instanceRows(state, standing.unfinished, { ...area, rows: room }), blank, ...ways];
}

function instanceRows(state: UiState, { readings }: Unfinished, area: Area): Row[] {
  const { glyphs, columns } = area;
  const instances = instancesOf(statesOf(readings));
  const rows = [
    ...instances.map((one) =>
      row(
        span(`   ${pad(one.id, Math.max(...instances.map(({ id }) => width(id))))}  `, 'strong'),
        span(columns < 100 ? shortRelease(one.current ?? glyphs.dash) : (one.current ?? glyphs.dash)),
        '  ',
        serviceSign(one, { glyphs, now: state.now }),
        '  ',
        healthSign(one.health, glyphs),
      ),
    ),
    ...readings.flatMap((one) =>
      one.type === 'unreachable' ? [row(span(`   ${one.host}: ${glyphs.bad} unreachable`, 'bad'))] : [],
    ),
  ];
  if (rows.length <= area.rows) return rows;
  if (area.rows < 1) return [];
  const shown = rows.slice(0, area.rows - 1);
  return [...shown, row(span(`   and ${plural(rows.length - shown.length, 'more', 'more')}`, 'muted'))];
}

/** A rollout that somebody runs elsewhere, and what may be asked of it from here. */
export function elsewhereRows(state: UiState, dialog: ChoiceDialog, area: Area): Row[] {
  const lock = standingLock(state);
  const text = lock === undefined ? 'It has ended meanwhile.' : `Run by ${describeLock(lock)}.`;
  return [
    rule(area, 'A rollout runs elsewhere'),
    ...paragraph(`${text} What you ask goes there by way of the hosts.`, area, { most: area.rows < 14 ? 2 : 4 }),
    ...(area.rows < 14 ? [] : [blank]),
    ...optionRows(state, dialog, area),
  ];
}
