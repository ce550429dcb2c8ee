import { layoutOf } from './panes.ts';
import { bodyRows } from '../../layout.ts';
import type { RolloutView, UiState } from '../../state.ts';
import type { OutlineStep } from './outline.ts';
import { failures } from './select.ts';

/** A line of the tree: a step of the plan, or an instance that is changed in one. Light: cells are built for what is shown. */
export type TreeLine =
  | { readonly type: 'step'; readonly key: string; readonly at: OutlineStep; readonly isOpen: boolean }
  | { readonly type: 'instance'; readonly key: string; readonly at: OutlineStep; readonly branch: Branch };

/** How an instance hangs on its step; `only`: it stands for the whole step. */
export type Branch = 'only' | 'more' | 'last';

/** What the cursor remembers of a step; no instance is called so. */
export function stepKey(index: number): string {
  return `#${index}`;
}

export function treeLines(state: UiState, view: RolloutView): readonly TreeLine[] {
  const isOpen = openSteps(state, view);
  return view.outline.steps.flatMap((at): readonly TreeLine[] => {
    const { index, instances } = at;
    const [only] = instances;
    if (only !== undefined && instances.length === 1) return [{ type: 'instance', key: only, at, branch: 'only' }];
    const open = isOpen(at);
    const line: TreeLine = { type: 'step', key: stepKey(index), at, isOpen: open };
    if (!open) return [line];
    const last = instances.length - 1;
    return [
      line,
      ...instances.map((key, place): TreeLine => {
        return { type: 'instance', key, at, branch: place === last ? 'last' : 'more' };
      }),
    ];
  });
}

/**
 * Somebody's word counts first. Without one a step is open while it is at work, where the cursor is, or where something has
 * failed; all are where there is room for them.
 */
function openSteps(state: UiState, view: RolloutView): (at: OutlineStep) => boolean {
  const { outline, opened, cursor, active } = view;
  const fits = outline.steps.length + outline.order.length <= room(state);
  const current = (view.state.step?.index ?? 0) - 1;
  const placeOf = (id: string | undefined) => (id === undefined ? undefined : outline.places.get(id)?.step);
  const busy = new Set([current, placeOf(active), placeOf(cursor), ...failures(view).map(placeOf)]);
  return ({ index, instances }) => {
    const isOpen = opened[index] === undefined ? fits || busy.has(index) : opened[index] === 'open';
    return instances.length > 0 && isOpen;
  };
}

/** Rows that the tree has at least; not to the row, or steps would open and close with every warning. */
function room(state: UiState): number {
  const rows = bodyRows(state);
  return layoutOf(state.size) === 'column' ? Math.floor(rows / 2) : rows - 8;
}

/** The line that the cursor is on: where someone has put it, else the instance or the step at work; -1 when nothing is. */
export function cursorIndex(view: RolloutView, lines: readonly TreeLine[]): number {
  const key = view.cursor ?? atWork(view);
  if (key === undefined) return -1;
  const found = lines.findIndex((line) => line.key === key);
  if (found >= 0) return found;
  // its step was closed, or stands as its only instance
  const step = view.outline.places.get(key)?.step ?? Number(key.slice(1));
  return lines.findIndex(({ at }) => at.index === step);
}

/** The instance that is being changed; between two of them the step. */
function atWork({ state, active, outline }: RolloutView): string | undefined {
  const index = state.step && state.step.index - 1;
  const isBack = state.phase === 'RollingBack' || state.phase === 'RollbackPaused' || state.finished !== undefined;
  if (index === undefined) return active;
  const isThere = active !== undefined && (isBack || outline.places.get(active)?.step === index);
  return isThere ? active : stepKey(index);
}

/** The line that the cursor is on, when someone has put it there. */
export function chosenLine(state: UiState, view: RolloutView): TreeLine | undefined {
  if (view.cursor === undefined) return undefined;
  const lines = treeLines(state, view);
  return lines[cursorIndex(view, lines)];
}

/** Whether a canary is what it is about: it is watched, its verdict stopped it, or someone has chosen that step. */
export function isAnalysisShown(state: UiState, view: RolloutView): boolean {
  const { series } = view.history;
  if (!series && Object.keys(view.state.looks).length === 0) return false;
  const index = chosenLine(state, view)?.at.index ?? (view.state.step?.index ?? 0) - 1;
  return view.outline.steps[index]?.step?.type === 'analyze';
}
