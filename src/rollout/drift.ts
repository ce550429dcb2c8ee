import { unreachable } from '../base/errors.ts';
import { type HostState, type InstanceState, type ReleaseStatus, wasGood } from '../host/state.ts';
import type { FleetRelease } from './session.ts';

/** What is otherwise on a host than the stage is. An instance that is down is not: that is its health. */
export type Drift = {
  /** `bot.1@fra-1` */
  readonly instance: string;
  readonly host: string;
} & (
  | { readonly type: 'missing'; readonly wanted: string }
  /** Its link points at a release that was good, but not at the one the stage is on: it was skipped, or its host was away. */
  | { readonly type: 'behind'; readonly current: string; readonly wanted: string }
  /** Its link points at what no ledger knows, or what never became good: an interrupted rollout has left it. */
  | { readonly type: 'unknown'; readonly current: string; readonly status: ReleaseStatus | undefined }
  /** Its process runs another release than its link says: somebody has restarted or switched it by hand. */
  | { readonly type: 'stale'; readonly current: string; readonly runs: string }
  /** hosts.json does not want it any more. */
  | { readonly type: 'leftover'; readonly current: string | undefined }
);

/** What hosts are held against. */
export interface Measure {
  /** The id of the release that the stage is on; undefined when none ever was good. */
  readonly release: string | undefined;
  /** Of all hosts, merged. */
  readonly releases: readonly FleetRelease[];
  /** Every instance that hosts.json wants. */
  readonly wanted: readonly string[];
}

/** How hosts differ from what the stage is on. Nobody may be at work on them: then differences are progress. Pure. */
export function driftsIn(states: readonly HostState[], measure: Measure): readonly Drift[] {
  return states.flatMap((state) => {
    const wanted = measure.wanted.filter((id) => id.endsWith(`@${state.host}`));
    return [
      ...wanted.flatMap((instance) => ofInstance(state, instance, measure)),
      ...state.leftovers.map((leftover) => ofLeftover(state.host, leftover)),
    ];
  });
}

function ofInstance({ host, instances }: HostState, instance: string, measure: Measure): readonly Drift[] {
  const found = instances.find((one) => one.id === instance);
  // a slot that idles runs whatever it did before its turn ended
  if (found?.busy !== undefined || found?.traffic === 'idle') return [];
  if (found?.current !== undefined) return ofLink(found, found.current, measure);
  const { release } = measure;
  return release === undefined ? [] : [{ type: 'missing', instance, host, wanted: release }];
}

function ofLink({ id, host, runs }: InstanceState, current: string, { release, releases }: Measure): readonly Drift[] {
  const place = { instance: id, host, current };
  if (current === release) {
    return runs.type === 'release' && runs.id !== current ? [{ type: 'stale', ...place, runs: runs.id }] : [];
  }
  const status = releases.find((one) => one.id === current)?.status;
  if (wasGood(status) && release !== undefined) return [{ type: 'behind', ...place, wanted: release }];
  return [{ type: 'unknown', ...place, status }];
}

function ofLeftover(host: string, { name, current }: HostState['leftovers'][number]): Drift {
  return { type: 'leftover', instance: `${name}@${host}`, host, current };
}

/** A sentence for people, without its full stop. */
export function driftWords(drift: Drift): string {
  const { instance } = drift;
  switch (drift.type) {
    case 'missing':
      return `${instance} was never deployed; the stage is on ${drift.wanted}`;
    case 'behind':
      return `${instance} is on ${drift.current}; the stage is on ${drift.wanted}`;
    case 'unknown':
      return `${instance} is on ${drift.current}, which ${whyUnknown(drift.status)}`;
    case 'stale':
      return `${instance} runs ${drift.runs}; its link points at ${drift.current}`;
    case 'leftover':
      return `${instance} is there though hosts.json does not want it`;
    default:
      return unreachable(drift);
  }
}

function whyUnknown(status: ReleaseStatus | undefined): string {
  if (status === undefined) return 'no host knows';
  return status === 'failed' ? 'has failed' : 'never finished a rollout';
}
