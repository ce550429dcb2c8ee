import type { Clock } from '../../../src/base/clock.ts';
import type { Intent } from '../../../src/rollout/session.ts';
import type { FakeRollout, FakeSession } from './fake-session.ts';
import { HOSTS, INSTANCES, NEW, OLD, plan } from './fleet.ts';

/** Plays a whole deploy on a fake session, in the clock's own time: for looking at the screens by eye. */
export async function playDeploy(session: FakeSession, rollout: FakeRollout, clock: Clock): Promise<void> {
  const tell = rollout.tell.bind(rollout);
  const wishes = new Set<Intent['type']>();
  rollout.onSend = (intent) => {
    wishes.add(intent.type);
    if (intent.type === 'resume') wishes.delete('pause');
    if (intent.type !== 'leave') return;
    const message = 'Left: bot.1@fra-1 is on the new release, the rest waits.';
    rollout.end({ exitCode: 5, message, next: 'slipway resume production' });
  };
  tell({ type: 'rollout.planned', plan: plan() });
  tell({ type: 'rollout.started' });
  tell({ type: 'rollout.phase', phase: 'Staging', reason: '' });
  await stage(rollout, clock);
  tell({ type: 'rollout.phase', phase: 'Progressing', reason: '' });
  for (const [index, id] of INSTANCES.entries()) {
    tell({ type: 'rollout.step', index: index + 2, of: 8, title: `update ${id}` });
    await update(session, { rollout, clock, id });
    if (wishes.has('leave')) return;
    if (index === 0) {
      tell({ type: 'bake.started', until: clock.now() + 6000, instances: [id] });
      await clock.sleep(6000);
      tell({ type: 'bake.finished' });
    }
    if (wishes.has('pause')) tell({ type: 'rollout.paused', reasons: ['manual'], reason: 'asked for by ana@laptop' });
    while (wishes.has('pause') && !wishes.has('leave')) await clock.sleep(100);
    if (rollout.state.phase === 'Paused') tell({ type: 'rollout.phase', phase: 'Progressing', reason: '' });
    if (wishes.has('leave')) return;
  }
  tell({ type: 'rollout.finished', phase: 'Succeeded', reason: '', exitCode: 0 });
  rollout.end({ exitCode: 0, message: `6 instances of production run ${NEW}, all healthy.`, next: undefined });
}

async function stage(rollout: FakeRollout, clock: Clock): Promise<void> {
  const tell = rollout.tell.bind(rollout);
  tell({ type: 'rollout.step', index: 1, of: 8, title: 'send and prepare' });
  for (const host of HOSTS) {
    tell({ type: 'host.connected', host });
    tell({ type: 'lock.taken', host });
  }
  for (let sent = 0; sent <= 14_200; sent += 700) {
    HOSTS.forEach((host, index) => {
      tell({ type: 'sync.progress', host, sent: Math.min(14_200, sent * (index + 1)), total: 14_200 });
    });
    await clock.sleep(150);
  }
  for (const host of HOSTS) {
    tell({ type: 'prepare.started', host, run: 'npm ci --omit=dev' });
    tell({ type: 'hook.output', host, line: 'added 62 packages in 2s' });
  }
  await clock.sleep(2000);
  for (const host of HOSTS) {
    tell({ type: 'prepare.finished', host, run: 'npm ci --omit=dev', reused: false });
    tell({ type: 'host.ready', host, release: NEW, reused: false });
  }
  tell({ type: 'warning', host: 'fra-2', message: 'only 812 MB are free', mend: 'slipway prune production' });
}

async function update(session: FakeSession, of: { rollout: FakeRollout; clock: Clock; id: string }): Promise<void> {
  const { rollout, clock, id } = of;
  const tell = (state: 'stopped' | 'switched' | 'starting' | 'verifying' | 'updated', deadline?: number) =>
    rollout.tell(
      {
        type: 'instance.state',
        instance: id,
        state,
        release: state === 'stopped' ? OLD : NEW,
        reason: '',
        ...(deadline === undefined ? {} : { deadline }),
        ...(state === 'updated' ? { proof: 'proven' as const } : {}),
      },
      id,
    );
  for (const state of ['stopped', 'switched', 'starting'] as const) {
    tell(state);
    await clock.sleep(300);
  }
  tell('verifying', clock.now() + 120_000);
  for (let attempt = 1; attempt <= 8; attempt += 1) {
    const healthy = attempt > 2;
    rollout.tell(
      {
        type: 'probe.sample',
        instance: id,
        attempt,
        sample: {
          healthy,
          outcome: healthy ? '200' : 'connection refused',
          latencyMs: healthy ? 11 + attempt : undefined,
        },
        healthyMs: healthy ? (attempt - 3) * 1000 : 0,
        neededMs: 5000,
      },
      id,
    );
    session.log?.say(session.log.instances[0]!, `{"level":30,"msg":"tick ${attempt}","pid":4211,"guilds":42}`);
    await clock.sleep(1000);
  }
  tell('updated');
}
