import type { InstanceSettings, Share } from '../config/settings.ts';
import type { InstanceState } from '../host/state.ts';

/** A share of `total` as a number of instances: at least one; percentages round down, as Kubernetes' maxUnavailable does. */
export function shareOf(share: Share, total: number): number {
  const count = share.type === 'count' ? share.count : Math.floor((share.percent * total) / 100);
  return Math.max(1, Math.min(count, Math.max(1, total)));
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
  const rest = items.slice(1);
  const count = Math.ceil(rest.length / size);
  return [items.slice(0, 1), ...Array.from({ length: count }, (_, i) => rest.slice(i * size, (i + 1) * size))];
}
