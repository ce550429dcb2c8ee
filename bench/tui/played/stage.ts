import type { Fleet, PreparedRollout } from '../../../src/rollout/session.ts';
import { NEW, OLD, instance, plan, read, release } from '../../../test/tui/support/fleet.ts';

/** A stage as it is big for slipway: ten hosts with five instances each. Every instance has a number of its own. */
export const HOSTS = Array.from({ length: 10 }, (_, index) => `host-${String(index + 1).padStart(2, '0')}`);
const EACH = 5;

const idsOf = (host: string): readonly string[] => {
  const before = HOSTS.indexOf(host) * EACH;
  return Array.from({ length: EACH }, (_, index) => `bot.${before + index + 1}@${host}`);
};

export const INSTANCES = HOSTS.flatMap(idsOf);

/** Instances that are changed together: one on each of some hosts. */
export const BATCHES: readonly (readonly string[])[] = Array.from({ length: EACH * 2 }, (_, batch) => {
  const hosts = HOSTS.slice((batch % 2) * EACH, (batch % 2) * EACH + EACH);
  return hosts.map((host) => idsOf(host)[Math.floor(batch / 2)]!);
});

/** All well. */
export function calmFleet(): Fleet {
  return {
    release: OLD,
    drift: [],
    hosts: HOSTS.map((host) => read(host, { instances: idsOf(host).map((id) => instance(id)) })),
    releases: [
      release({ on: HOSTS, live: INSTANCES, notATarget: 'it is live on every instance' }),
      release({ id: '20261112T101010Z-be57ed0', sequence: 5, subject: 'Reconnect with backoff', on: HOSTS }),
    ],
  };
}

/** A deploy that changes every instance, `BATCHES` after each other. */
export function preparedDeploy(): PreparedRollout {
  const upload = { files: 6, bytes: 14_200, remove: 1 };
  return {
    alreadyLive: false,
    changes: ['1f0755f Greet in the evening too', '9d3c1aa Read the time zone of the guild'],
    plan: plan({
      steps: [{ type: 'stage', hosts: HOSTS }, ...BATCHES.map((instances) => ({ type: 'update' as const, instances }))],
      hosts: HOSTS.map((host) => ({ host, base: OLD, upload, prepare: [], prune: [] })),
      instances: INSTANCES.map((id) => ({
        ...{ instance: id, role: 'bot', host: id.split('@')[1]!, from: OLD, back: OLD, change: 'update' as const },
      })),
      warnings: [],
    }),
  };
}

export { NEW, OLD };
