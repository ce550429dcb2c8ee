import type { Sample } from '../analysis/sample.ts';
import { createWatch, paced, type RoleWatched, type Watch, type Watched } from '../analysis/watch.ts';
import { hostOf, instanceOf, plannedInstance, type RolloutContext } from './context.ts';
import { keepSampling } from './keep-sampling.ts';
import type { Watching } from './plan.ts';
import type { Run } from './run.ts';

/** New instances, by role, beside those of the same role that were not updated yet. */
export function rolesWatched(context: RolloutContext, run: Run, instances: readonly string[]): readonly RoleWatched[] {
  const roleOf = (id: string) => instanceOf(context, id).role;
  const roles = [...new Set(instances.map(roleOf))];
  return roles.map((role) => ({
    role,
    canaries: instances.filter((id) => roleOf(id) === role),
    baselines: notUpdated(context, run, role).filter((id) => !instances.includes(id)),
    against: 'others',
  }));
}

/** Those that run another release, and that nobody is about to retire. */
function notUpdated({ plan }: RolloutContext, { updated }: Run, role: string): readonly string[] {
  return plan.instances
    .filter((one) => one.role === role && one.change !== 'retire')
    .filter((one) => one.from !== undefined && one.from !== plan.release.id && !updated.includes(one.instance))
    .map(({ instance }) => instance);
}

/** A watch that begins now. */
export interface Sampling {
  readonly watched: Watched;
  readonly watch: Watch;
}

export function beginWatch(context: RolloutContext, roles: readonly RoleWatched[], step: Watching): Sampling {
  const { clock, plan, settings } = context;
  const pace = paced(settings.rollout.analysis, step.ms);
  const began = clock.now();
  const stableFrom = step.untilStableMs === undefined ? undefined : began + step.untilStableMs;
  const { sampleEveryMs } = pace;
  const watched = { began, until: began + step.ms, stableFrom, release: plan.release.id, sampleEveryMs, roles };
  return { watched, watch: createWatch(watched, pace) };
}

/** Samples of one host that the watch has taken, with times of our clock. */
type OnSamples = (host: string, samples: readonly Sample[]) => void;

export interface Sampler {
  /** Aborted once it has been stopped, or has broken. */
  readonly signal: AbortSignal;
  /** Nobody waits for hosts that are lost. Throws what has broken it, which only a Bug does. */
  stop(): void;
}

/**
 * Samples all that is watched, on all hosts at once, until it is stopped or somebody asks urgently. A host that is lost is
 * tried again, and what it did not tell of meanwhile counts as missed.
 */
export function startSampler(
  context: RolloutContext,
  sampling: Sampling,
  onSamples: OnSamples = () => undefined,
): Sampler {
  const over = new AbortController();
  const signal = AbortSignal.any([context.controls.signal(), over.signal]);
  const ids = sampling.watched.roles.flatMap(({ canaries, baselines }) => [...canaries, ...baselines]);
  const hosts = [...new Set(ids.map((id) => plannedInstance(context, id).host))];
  const broken: unknown[] = [];
  for (const host of hosts) {
    sampleHost(context, { ...sampling, host, ids, signal, onSamples }).catch((thrown: unknown) => {
      broken.push(thrown);
      over.abort();
    });
  }
  return {
    signal,
    stop: () => {
      over.abort();
      if (broken.length > 0) throw broken[0];
    },
  };
}

interface HostSampling extends Sampling {
  readonly host: string;
  readonly ids: readonly string[];
  readonly signal: AbortSignal;
  readonly onSamples: OnSamples;
}

async function sampleHost(context: RolloutContext, sampling: HostSampling): Promise<void> {
  const { clock, events } = context;
  const { host, ids, watch, watched, signal, onSamples } = sampling;
  const offset = context.clockOffsets.get(host) ?? 0;
  let isLost = false;
  await keepSampling({
    ...{ host: hostOf(context, host), clock, signal, rollout: context.id, sampleEveryMs: watched.sampleEveryMs },
    instances: ids.map((id) => instanceOf(context, id)).filter((one) => one.host === host),
    onSamples: (told) => {
      if (isLost) events.emit({ type: 'host.connected', host });
      isLost = false;
      const samples = told.map((sample) => ({ ...sample, t: sample.t + offset }));
      watch.take(samples, clock.now());
      onSamples(host, samples);
    },
    onLost: (reason) => {
      if (!isLost) events.emit({ type: 'host.lost', host, reason });
      isLost = true;
    },
  });
}
