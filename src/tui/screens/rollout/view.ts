import type { RolloutView, UiState } from '../../state.ts';
import { type Area, type Row, beside, blank, row, span } from '../../text/row.ts';
import { analysisRows } from './analysis.ts';
import { detailRows } from './detail.ts';
import { endRows } from './ending.ts';
import { shownEvidence } from './evidence.ts';
import { headRows, waitRows } from './head.ts';
import { hostRows } from './hosts.ts';
import { detailColumns, layoutOf, treeColumns } from './panes.ts';
import { isAnalysisShown, treeLines } from './tree.ts';
import { treeRows } from './tree-rows.ts';
import { warningRows } from './warnings.ts';

/** From so many rows on there is room for air, and for more than one warning. */
const ROOMY = 16;

/** A rollout while it runs, and how it ended. */
export function rolloutRows(state: UiState, area: Area): Row[] {
  const view = state.rollout;
  if (!view) return [blank, row(span(' No rollout was started here.', 'muted'))];
  // the time of a rollout that has ended stands still
  const shown = view.endedAt === undefined ? state : { ...state, now: view.endedAt };
  const top = [...headRows(view, shown.now, area), ...(endRows(view, shown.now, area) ?? waitRows(shown, view, area))];
  const air = area.rows < ROOMY ? [] : [blank];
  const isSending = view.state.phase === 'Pending' || view.state.phase === 'Staging';
  const hosts = hostRows(view, { ...area, rows: Math.max(4, Math.floor(area.rows / 3)) });
  const warnings = warningRows(view, { ...area, rows: area.rows < ROOMY ? 1 : Math.floor(area.rows / 5) });
  const used = top.length + air.length + hosts.length + warnings.length;
  const body = bodyRows(shown, view, { ...area, rows: Math.max(0, area.rows - used) });
  return [...top, ...air, ...(isSending ? [...hosts, ...body] : [...body, ...hosts]), ...warnings];
}

/** The tree and the details: beside each other, one above the other, or only one of them. */
function bodyRows(state: UiState, view: RolloutView, area: Area): Row[] {
  switch (layoutOf(area)) {
    case 'panes':
      return besideRows(state, view, area);
    case 'column':
      return aboveRows(state, view, area);
    case 'list':
      return filled(view.pane === 'detail' ? belowRows(state, view, area) : treeRows(state, view, area), area.rows);
  }
}

/** The analysis takes the whole width: nothing that it takes to see why is cut. */
function besideRows(state: UiState, view: RolloutView, area: Area): Row[] {
  const most = Math.floor(area.rows * 0.6);
  const analysis = isAnalysisShown(state, view) ? analysisRows(view, state.now, { ...area, rows: most }) : [];
  const rows = area.rows - analysis.length;
  const tree = treeRows(state, view, { ...area, rows, columns: treeColumns(area) });
  const detail = detailRows(state, view, { ...area, rows, columns: detailColumns(area) });
  const at = treeColumns(area);
  const pairs = Array.from({ length: Math.max(0, rows) }, (_, index) =>
    beside(tree[index] ?? blank, { at, wall: area.glyphs.branchPast }, detail[index] ?? blank),
  );
  return [...pairs, ...analysis];
}

/** Too few rows for both: one of them. */
const BOTH_FROM = 9;

function aboveRows(state: UiState, view: RolloutView, area: Area): Row[] {
  if (area.rows < BOTH_FROM)
    return filled(view.pane === 'detail' ? belowRows(state, view, area) : treeRows(state, view, area), area.rows);
  const wanted = treeLines(state, view).length;
  const isAbout = view.pane === 'detail' || isAnalysisShown(state, view) || shownEvidence(view) !== undefined;
  const share = isAbout ? 0.3 : 0.5;
  const rows = Math.min(wanted, Math.max(4, Math.floor(area.rows * share)));
  const tree = treeRows(state, view, { ...area, rows });
  return filled([...tree, ...belowRows(state, view, { ...area, rows: area.rows - tree.length })], area.rows);
}

/** What a canary is measured by, while that is what it is about; else the details of the chosen line. */
function belowRows(state: UiState, view: RolloutView, area: Area): Row[] {
  if (!isAnalysisShown(state, view)) return detailRows(state, view, area);
  const analysis = analysisRows(view, state.now, area);
  return [...analysis, ...detailRows(state, view, { ...area, rows: area.rows - analysis.length })];
}

/** Exactly so many rows: what stands below them keeps its place. */
function filled(rows: readonly Row[], count: number): Row[] {
  const shown = rows.slice(0, count);
  return [...shown, ...Array.from({ length: count - shown.length }, () => blank)];
}
