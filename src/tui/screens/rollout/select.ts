import type { InstancePhase } from '../../../rollout/events.ts';
import type { InstanceProgress, RolloutState } from '../../../rollout/progress.ts';
import type { InstancePlan } from '../../../rollout/plan.ts';
import type { RolloutView } from '../../state.ts';

export interface InstanceLine {
  readonly id: string;
  readonly planned: InstancePlan | undefined;
  readonly progress: InstanceProgress | undefined;
}

/** The instances of a rollout: in the order in which they are changed, then those that it leaves alone. */
export function instanceLines(state: RolloutState): readonly InstanceLine[] {
  const planned = state.plan?.instances ?? [];
  const inSteps = (state.plan?.steps ?? []).flatMap((step) =>
    step.type === 'update' || step.type === 'retire' ? step.instances : [],
  );
  const ids = new Set([...inSteps, ...planned.map((one) => one.instance), ...Object.keys(state.instances)]);
  return [...ids].map((id) => ({
    id,
    planned: planned.find((one) => one.instance === id),
    progress: state.instances[id],
  }));
}

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
export function activeInstance(state: RolloutState, before: string | undefined): string | undefined {
  const busy = (id: string) => {
    const phase = state.instances[id]?.state;
    return phase !== undefined && isActive(phase) && phase !== 'baking';
  };
  if (before !== undefined && busy(before)) return before;
  return instanceLines(state).find((line) => busy(line.id))?.id ?? before;
}

/** Whose log is to be shown. */
export function followed(view: RolloutView): string | undefined {
  return view.pinned ?? view.active;
}

/** Where the cursor of the instances stands. */
export function instanceCursor(view: RolloutView, cursor: number): number {
  const lines = instanceLines(view.state);
  if (!view.follows) return Math.min(cursor, Math.max(0, lines.length - 1));
  return Math.max(
    0,
    lines.findIndex((line) => line.id === view.active),
  );
}

/** A time of that source by this machine's clock. */
export function localTime(view: RolloutView, of: { source: string; t: number }): number {
  return of.t + (view.skews[of.source] ?? 0);
}
