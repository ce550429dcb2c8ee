import { RemoteError } from '../base/errors.ts';
import { plural } from '../base/text.ts';
import type { InstanceSettings, RolloutSettings, Share } from '../config/settings.ts';
import type { InstanceState } from '../host/state.ts';

/** A share of `total` as a number of instances: at least one; percentages round down, as Kubernetes' maxUnavailable does. */
export function shareOf(share: Share, total: number): number {
  const count = share.type === 'count' ? share.count : Math.floor((share.percent * total) / 100);
  return Math.max(1, Math.min(count, Math.max(1, total)));
}

/** How many go together, and how many may be out: all of them where the strategy says so. */
export function sharesOf({
  strategy,
  batch,
  maxUnavailable,
}: RolloutSettings): Pick<RolloutSettings, 'batch' | 'maxUnavailable'> {
  const all: Share = { type: 'percent', percent: 100 };
  return strategy === 'all-at-once' ? { batch: all, maxUnavailable: all } : { batch, maxUnavailable };
}

/** Out: it serves nobody, so updating it costs no capacity. */
export function isOut(state: InstanceState | undefined): boolean {
  if (!state?.current) return true;
  if (state.service.status === 'none') return false; // files only
  return state.service.status !== 'running' || state.health?.healthy === false;
}

export interface Candidate {
  readonly instance: InstanceSettings;
  readonly state: InstanceState | undefined;
}

/**
 * The order of a rolling update within one role: instances that are out first (they cost nothing and may be mended), then
 * those that serve, spread over the hosts; instances that never ran come last.
 */
export function updateOrder(candidates: readonly Candidate[]): readonly Candidate[] {
  const rank = ({ state }: Candidate) => (!state?.current ? 2 : isOut(state) ? 0 : 1);
  return [...candidates].sort((a, b) => rank(a) - rank(b) || a.instance.number - b.instance.number);
}

/** The first alone, then `size` at a time; all in one when `size` takes all. */
export function batches<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  if (items.length === 0) return [];
  if (size >= items.length) return [items];
  return [items.slice(0, 1), ...chunks(items.slice(1), size)];
}

/** `size` at a time. */
export function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, i) => items.slice(i * size, (i + 1) * size));
}

export interface Capacity {
  readonly role: string;
  readonly candidates: readonly Candidate[];
  readonly affected: readonly Candidate[];
  readonly bystanders: readonly InstanceState[];
  readonly limit: number;
}

/**
 * Instances that are out and stay so count against maxUnavailable: a healthy one may only go when there is room left.
 * Answers with how many there are.
 */
export function requireCapacity({ role, candidates, affected, bystanders, limit }: Capacity): number {
  const kept = candidates
    .filter((one) => !affected.includes(one))
    .map(({ instance, state }) => ({ id: instance.id, state }));
  const beside = bystanders
    .filter((state) => state.name.startsWith(`${role}.`))
    .map((state) => ({ id: state.id, state }));
  const out = [...kept, ...beside].filter(({ state }) => isOut(state));
  const serving = affected.filter(({ state }) => !isOut(state));
  if (serving.length === 0) return 0;
  if (out.length < limit) return out.length;
  const count = `${plural(out.length, 'instance')} of ${role} ${out.length === 1 ? 'is' : 'are'} out already`;
  throw new RemoteError({
    code: 'SLIP_CAPACITY',
    message: `${count}: taking a healthy one out too would break maxUnavailable (${limit}).`,
    detail: out.map(({ id, state }) => `${id}: ${state?.health?.outcome ?? state?.service.status ?? 'unknown'}`),
    mend: 'Include those instances, mend them first, or raise rollout.maxUnavailable.',
  });
}
