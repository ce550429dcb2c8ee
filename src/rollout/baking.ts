import { SlipwayError } from '../base/errors.ts';
import type { InstanceState } from '../host/state.ts';
import { instanceOf, type RolloutContext } from './context.ts';
import { lookAt } from './look.ts';
import type { Watching } from './plan.ts';
import type { Run } from './run.ts';
import { beginWatch, rolesWatched, startSampler } from './sampling.ts';

const LOOK_MS = 5000;
const BAD_LOOKS = 3;

/** What came of watching: instances that got worse and why, and those that were never seen. */
export interface Baked {
  readonly worse: ReadonlyMap<string, string>;
  readonly unseen: readonly string[];
  /** It was watched for as long as it takes, or somebody wanted a pause first. */
  readonly length: 'full' | 'cut';
}

/**
 * Watches the updated instances for `ms`. An instance got worse when it was started anew, stopped running, or was unhealthy
 * at three looks in a row. Ends early when one did, when somebody asks for a pause, or urgently; with `untilStableMs`, from
 * then on, once errors in their logs are as rare as in those of the instances that were not updated yet, or, where there are
 * none left, once there were none since the last look.
 */
export async function bake(context: RolloutContext, run: Run, step: Watching): Promise<Baked> {
  const { clock, controls, events } = context;
  const { updated: instances } = run;
  const { ms } = step;
  const since = clock.now();
  const settling = step.untilStableMs === undefined ? undefined : settle(context, run, step);
  events.emit({ type: 'bake.started', until: since + ms, instances });
  const watched = new Map<string, Watched>();
  const worse = new Map<string, string>();
  while (
    clock.now() - since < ms &&
    !settling?.hasSettled() &&
    worse.size === 0 &&
    !controls.signal().aborted &&
    !controls.wantsPause()
  ) {
    const left = since + ms - clock.now();
    await clock.sleep(Math.min(LOOK_MS, Math.max(1, ms / 5), left), controls.signal()).catch(() => undefined);
    if (controls.signal().aborted) break;
    for (const state of await look(context, instances)) {
      const seen = watch(watched.get(state.id), state);
      watched.set(state.id, seen);
      if (seen.complaint !== undefined) worse.set(state.id, `got worse while baking: ${seen.complaint}`);
    }
  }
  const isCut = worse.size > 0 || controls.signal().aborted || controls.wantsPause();
  const length = isCut && clock.now() - since < ms ? 'cut' : 'full';
  settling?.stop();
  events.emit({ type: 'bake.finished' });
  return { worse, unseen: instances.filter((id) => !watched.has(id)), length };
}

interface Settling {
  hasSettled(): boolean;
  stop(): void;
}

/** Samples what is baked, and the others, as long as that decides about the end. */
function settle(context: RolloutContext, run: Run, step: Watching): Settling {
  const sampling = beginWatch(context, rolesWatched(context, run, run.updated), step);
  const sampler = startSampler(context, sampling);
  const { stableFrom = Infinity } = sampling.watched;
  const now = () => context.clock.now();
  return {
    hasSettled: () => now() >= stableFrom && sampling.watch.hasSettled(now()),
    stop: () => sampler.stop(),
  };
}

interface Watched {
  /** The process of the first look: a crash loop shows as another one, however quickly it comes back. */
  readonly start: string;
  readonly badLooks: number;
  readonly complaint: string | undefined;
}

function watch(before: Watched | undefined, state: InstanceState): Watched {
  const { pid, restarts } = state.service;
  const start = `${pid ?? ''}/${restarts ?? ''}`;
  if (before && before.start !== start) return { ...before, complaint: 'it ended and was started again' };
  const bad = complaintOf(state);
  const badLooks = bad === undefined ? 0 : (before?.badLooks ?? 0) + 1;
  return { start, badLooks, complaint: badLooks >= BAD_LOOKS ? bad : undefined };
}

async function look(context: RolloutContext, instances: readonly string[]): Promise<readonly InstanceState[]> {
  const hosts = [...new Set(instances.map((id) => instanceOf(context, id).host))];
  const wanted = new Set(instances);
  return (await Promise.all(hosts.map((host) => lookIfThere(context, host, wanted)))).flat();
}

async function lookIfThere(
  context: RolloutContext,
  host: string,
  wanted: ReadonlySet<string>,
): Promise<readonly InstanceState[]> {
  const instances = [...context.instances.values()].filter((one) => one.host === host && wanted.has(one.id));
  try {
    return await lookAt(context, host, instances);
  } catch (thrown) {
    if (!(thrown instanceof SlipwayError)) throw thrown;
    // not seen is not worse: the next look may see it
    context.events.emit({ type: 'warning', host, message: thrown.message });
    return [];
  }
}

function complaintOf(state: InstanceState): string | undefined {
  if (state.service.status === 'none') return undefined;
  if (state.service.status !== 'running') return `it is ${state.service.status} (${state.service.detail})`;
  if (state.health?.healthy === false) return `the last answer: ${state.health.outcome}`;
  return undefined;
}
