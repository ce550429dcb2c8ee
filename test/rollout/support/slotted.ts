import type { Slot } from '../../../src/config/settings.ts';
import type { RolloutEvent } from '../../../src/rollout/events.ts';
import { type FakeStage, fakeStage, type FakeStageOptions } from './fake-stage.ts';

const role = { slots: { blue: 5001, green: 5101 }, traffic: { haproxy: '/run/haproxy.sock', backend: 'bot' } };
const rollout = { strategy: 'blue-green', approve: 'auto', bake: '10s', keepWarm: '1m' };

/** A stage whose role has two slots behind the proxy of each host. */
export const slotted = (more: FakeStageOptions = {}): Promise<FakeStage> =>
  fakeStage({ hosts: 2, instances: 1, role, ...more, rollout: { ...rollout, ...more.rollout } });

/** The slots that the proxies of all hosts send traffic to. */
export function taken({ hosts }: FakeStage): readonly Slot[] {
  const ready = hosts.flatMap(({ servers }) =>
    [...servers].filter(([, wanted]) => wanted === 'ready').map(([name]) => name),
  );
  return [...new Set(ready.map((name) => name.split('.')[1] as Slot))];
}

/** Every switch of a proxy, in order. */
export const switched = (events: readonly RolloutEvent[]): readonly string[] =>
  events.flatMap((event) => (event.type === 'traffic.switched' ? [`${event.host} ${event.to}`] : []));
