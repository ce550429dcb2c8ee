import { formatBytes } from '../../../base/bytes.ts';
import { formatDuration } from '../../../base/duration.ts';
import { list } from '../../../base/text.ts';
import type { InstanceProgress } from '../../../rollout/progress.ts';
import type { HostProgress } from '../../../rollout/progress-host.ts';
import type { RolloutView } from '../../state.ts';
import { isActive, localTime } from './select.ts';
import { standOf } from './stand.ts';

/** Something the rollout is waiting for: how long still, what for, and what happens at the end of that time. */
export interface Wait {
  /** Undefined when nothing ends it but a person or the thing itself. */
  readonly leftMs: number | undefined;
  readonly what: string;
}

/** Every wait of a rollout, the most telling first. */
export function waits(view: RolloutView, now: number): readonly Wait[] {
  if (view.outcome ?? view.problem) return [];
  const found = [...paused(view), ...bakes(view, now), ...instances(view, now), ...hosts(view, now)];
  if (found.length > 0) return found;
  const failed = view.state.phase === 'Progressing' ? goingBack(view) : [];
  if (failed.length > 0) return failed;
  const what = view.state.step ? view.state.step.title : 'the hosts have to answer';
  return [{ leftMs: stall(view, now), what: `${what}; pauses if nothing moves until then` }];
}

function paused({ state }: RolloutView): Wait[] {
  if (state.phase !== 'Paused' && state.phase !== 'RollbackPaused') return [];
  const why = state.reason || list(state.pauseReasons);
  return [{ leftMs: undefined, what: `for you: it goes on when you say so${why === '' ? '' : ` (${why})`}` }];
}

function bakes(view: RolloutView, now: number): Wait[] {
  const leftMs = bakeLeft(view, now);
  if (leftMs === undefined) return [];
  const step = view.outline.steps[(view.state.step?.index ?? 0) - 1]?.step;
  if (step?.type !== 'analyze') return [{ leftMs, what: 'the change is watched (bake), then it goes on' }];
  const canaries =
    step.canaries.length > 3
      ? `${step.canaries.length} canaries are`
      : `${list(step.canaries)} ${step.canaries.length === 1 ? 'is' : 'are'}`;
  return [{ leftMs, what: `${canaries} compared with the others; the verdict decides` }];
}

/** Time left of the bake or the watch that runs; undefined when none does. */
export function bakeLeft(view: RolloutView, now: number): number | undefined {
  const { bake } = view.state;
  return bake && Math.max(0, localTime(view, { source: 'controller', t: bake.until }) - now);
}

function instances(view: RolloutView, now: number): Wait[] {
  return view.outline.order.flatMap((id): Wait[] => {
    const progress = view.state.instances[id];
    if (!progress || !isActive(progress.state) || progress.state === 'baking') return [];
    const leftMs = deadlineLeft(view, id, now);
    const isBack = standOf(view, id).type === 'back';
    const failing = isBack ? 'else it needs a person' : 'else it has failed';
    const end = leftMs === undefined ? 'pauses if nothing moves until then' : failing;
    const what = isBack ? `${id} goes back: what ran before ${sentence(progress)}` : `${id} ${sentence(progress)}`;
    return [{ leftMs: leftMs ?? stall(view, now), what: `${what}; ${end}` }];
  });
}

/** Those that have failed, before they are on their way. */
function goingBack({ state, outline }: RolloutView): Wait[] {
  const failed = outline.order.filter((id) => state.instances[id]?.state === 'failed');
  const what = (id: string) => `${id} has failed: what it leaves behind is gathered, then it goes back`;
  return failed.map((id) => ({ leftMs: undefined, what: what(id) }));
}

function sentence({ state, healthyMs, neededMs }: InstanceProgress): string {
  if (state === 'reverting') return 'is switched to';
  if (state !== 'verifying') return 'has to start';
  if (neededMs === 0) return 'has to become healthy';
  const so = formatDuration(Math.floor(healthyMs / 1000) * 1000);
  return `has to be healthy for ${formatDuration(neededMs)} (${so} so far)`;
}

/** Time left until an instance counts as failed, by this machine's clock. */
export function deadlineLeft(view: RolloutView, id: string, now: number): number | undefined {
  const deadline = view.state.instances[id]?.deadline;
  if (deadline === undefined) return undefined;
  return Math.max(0, localTime(view, { source: view.toldBy[id] ?? id, t: deadline }) - now);
}

function hosts(view: RolloutView, now: number): Wait[] {
  if (view.state.phase !== 'Staging') return [];
  return Object.entries(view.state.hosts).flatMap(([host, progress]) => {
    const what = hostWork(progress);
    if (what === undefined) return [];
    const left = syncLeft(progress);
    if (left !== undefined) return [{ leftMs: left, what: `${host}: ${what}` }];
    return [{ leftMs: stall(view, now), what: `${host}: ${what}; pauses if nothing moves until then` }];
  });
}

function hostWork(progress: HostProgress): string | undefined {
  if (progress.ready || progress.lost !== undefined) return undefined;
  if (progress.preparing !== undefined) return `prepare ${progress.preparing}`;
  if (progress.total > 0 && progress.sent < progress.total) {
    return `sending ${formatBytes(progress.sent)} of ${formatBytes(progress.total)}`;
  }
  return progress.total > 0 ? 'verifying and publishing' : undefined;
}

/** Bytes per second of a sync; undefined until there is something to divide. */
export function syncRate(progress: HostProgress): number | undefined {
  const { syncSince, syncAt, sent } = progress;
  if (syncSince === undefined || syncAt === undefined || syncAt - syncSince < 200) return undefined;
  return sent / ((syncAt - syncSince) / 1000);
}

export function syncLeft(progress: HostProgress): number | undefined {
  const rate = syncRate(progress);
  if (rate === undefined || rate === 0 || progress.sent >= progress.total) return undefined;
  return ((progress.total - progress.sent) / rate) * 1000;
}

/** Time left until the rollout pauses because nothing moved. */
function stall(view: RolloutView, now: number): number | undefined {
  const limit = view.state.plan?.policy.progressDeadlineMs;
  return limit === undefined ? undefined : Math.max(0, view.lastEventAt + limit - now);
}

/** Whole seconds, rounded up: a countdown that says 0s is over. */
export function countdown(ms: number): string {
  return formatDuration(Math.ceil(ms / 1000) * 1000);
}
