import type { Clock } from '../../../src/base/clock.ts';
import type { EventBody } from '../../../src/rollout/events.ts';
import type { PlayedRollout } from './rollout.ts';
import { BATCHES, HOSTS, NEW, OLD } from './stage.ts';

/** How long a new instance must be healthy; its pace is that of real rollouts. */
const NEEDED_MS = 10_000;
const PROBE_MS = 1000;
const TURN_MS = 300;

export interface Play {
  readonly rollout: PlayedRollout;
  readonly clock: Clock;
  /** Probes of each instance, one a second: how long the rollout takes. */
  readonly probes: number;
}

/** Tells a deploy to the whole stage, batch after batch; after the last it stands still. */
export async function playRollout(play: Play): Promise<void> {
  const { rollout, clock } = play;
  rollout.tell({ type: 'rollout.started' });
  rollout.tell({ type: 'rollout.phase', phase: 'Staging', reason: '' });
  for (const host of HOSTS) {
    rollout.tell({ type: 'host.connected', host });
    rollout.tell({ type: 'lock.taken', host });
    rollout.tell({ type: 'sync.progress', host, sent: 14_200, total: 14_200 });
    rollout.tell({ type: 'host.ready', host, release: NEW, reused: false });
    await clock.sleep(20);
  }
  rollout.tell({ type: 'rollout.phase', phase: 'Progressing', reason: '' });
  for (const [index, batch] of BATCHES.entries()) {
    const title = `update ${batch.join(', ')}`;
    rollout.tell({ type: 'rollout.step', index: index + 2, of: BATCHES.length + 1, title });
    await updateAll(batch, play);
  }
}

async function updateAll(batch: readonly string[], { rollout, clock, probes }: Play): Promise<void> {
  for (const state of ['stopped', 'switched', 'starting'] as const) {
    tell(rollout, batch, { state });
    await clock.sleep(TURN_MS);
  }
  const deadline = clock.now() + probes * PROBE_MS + 60_000;
  tell(rollout, batch, { state: 'verifying', deadline });
  for (let attempt = 1; attempt <= probes; attempt += 1) {
    for (const id of batch) probe(rollout, id, attempt);
    await clock.sleep(PROBE_MS);
  }
  tell(rollout, batch, { state: 'updated', proof: 'proven' });
}

type Told = Pick<Extract<EventBody, { type: 'instance.state' }>, 'state' | 'deadline' | 'proof'>;

function tell(rollout: PlayedRollout, batch: readonly string[], told: Told): void {
  const release = told.state === 'stopped' ? OLD : NEW;
  for (const instance of batch)
    rollout.tell({ type: 'instance.state', instance, release, reason: '', ...told }, instance);
}

function probe(rollout: PlayedRollout, instance: string, attempt: number): void {
  const healthy = attempt > 2;
  const latencyMs = healthy ? 11 + (attempt % 7) : undefined;
  rollout.tell(
    {
      ...{ type: 'probe.sample', instance, attempt, neededMs: NEEDED_MS },
      sample: { healthy, outcome: healthy ? '200' : 'connection refused', latencyMs },
      healthyMs: healthy ? Math.min(NEEDED_MS, (attempt - 3) * PROBE_MS) : 0,
    },
    instance,
  );
}
