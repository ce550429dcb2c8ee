import type { InstancePhase } from '../../../rollout/events.ts';
import type { RolloutState } from '../../../rollout/progress.ts';
import type { RolloutView } from '../../state.ts';
import type { Outline } from './outline.ts';

const ACTIVE: ReadonlySet<InstancePhase> = new Set([
  'stopped',
  'switched',
  'starting',
  'verifying',
  'baking',
  'reverting',
]);

export function isActive(phase: InstancePhase): boolean {
  return ACTIVE.has(phase);
}

/**
 * The instance to watch: the one watched before while it is still being changed, else the first that is, else the one
 * watched before.
 */
export function activeInstance(
  state: RolloutState,
  { order }: Outline,
  before: string | undefined,
): string | undefined {
  const busy = (id: string) => {
    const phase = state.instances[id]?.state;
    return phase !== undefined && isActive(phase) && phase !== 'baking';
  };
  if (before !== undefined && busy(before)) return before;
  return order.find(busy) ?? before;
}

/** Whose log is to be shown. */
export function followed(view: RolloutView): string | undefined {
  return view.pinned ?? view.active;
}

/** The instance that someone has put the cursor on. */
export function chosen({ cursor, outline }: RolloutView): string | undefined {
  return cursor !== undefined && outline.places.has(cursor) ? cursor : undefined;
}

/** The instance that is shown in detail: the chosen one, else the one whose log is followed. */
export function subject(view: RolloutView): string | undefined {
  return chosen(view) ?? followed(view);
}

/** Whether it has failed and was not brought to the release since. */
export function hasFailed({ state, history }: RolloutView, id: string): boolean {
  return history.instances[id]?.failure !== undefined || state.failed.includes(id) || isWorse(state, id);
}

/** A canary that is worse than the others has not failed by itself. */
function isWorse({ looks }: RolloutState, id: string): boolean {
  return Object.values(looks).some(({ look, canaries }) => look.verdict === 'Failed' && canaries.includes(id));
}

/** In the order in which they are changed. */
export function failures(view: RolloutView): readonly string[] {
  return view.outline.order.filter((id) => hasFailed(view, id));
}

/** Why it has failed, as far as it was told. */
export function whyFailed({ history, state }: RolloutView, id: string): string {
  return history.instances[id]?.failure ?? state.instances[id]?.reason ?? '';
}

/** A time of that source by this machine's clock. */
export function localTime(view: RolloutView, of: { source: string; t: number }): number {
  return of.t + (view.skews[of.source] ?? 0);
}
