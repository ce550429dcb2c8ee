import type { Plan } from '../../../src/rollout/plan.ts';
import type { DrawnApp } from './drawn.ts';
import { NEW, OLD, prepared } from './fleet.ts';

type Told = 'stopped' | 'switched' | 'starting' | 'verifying' | 'updated' | 'failed' | 'reverting' | 'reverted';

/** Tells a rollout of that plan, as its engine and the workers of its instances would. */
export class Teller {
  private readonly app: DrawnApp;
  private readonly planned: Plan;

  constructor(app: DrawnApp, planned: Plan) {
    this.app = app;
    this.planned = planned;
  }

  /** Up to where all hosts have the release. */
  async begin(): Promise<void> {
    const { app, planned } = this;
    app.session.plans = () => Promise.resolve(prepared({ plan: planned }));
    await app.startRollout();
    await app.align();
    const { rollout } = app;
    rollout.tell({ type: 'rollout.planned', plan: planned });
    rollout.tell({ type: 'rollout.started' });
    rollout.tell({ type: 'rollout.phase', phase: 'Staging', reason: '' });
    this.step(1, 'send and prepare');
    for (const { host } of planned.hosts) rollout.tell({ type: 'host.ready', host, release: NEW, reused: false });
    await app.clock.advance(3000);
    rollout.tell({ type: 'rollout.phase', phase: 'Progressing', reason: '' });
  }

  step(index: number, title: string): void {
    this.app.rollout.tell({ type: 'rollout.step', index, of: this.planned.steps.length, title });
  }

  /** The words of an instance, from its own source. */
  says(instance: string, state: Told, more: { reason?: string; release?: string } = {}): void {
    const release = more.release ?? (state === 'stopped' || state.startsWith('revert') ? OLD : NEW);
    const head = { type: 'instance.state', instance, state, release, reason: more.reason ?? '' } as const;
    const proof = state === 'updated' ? { proof: 'proven' as const } : {};
    const deadline = state === 'verifying' ? { deadline: this.app.clock.now() + 120_000 } : {};
    this.app.rollout.tell({ ...head, ...proof, ...deadline }, instance);
  }

  /** What its next probe comes to: an outcome, how long it took, how long it is healthy by then. */
  answers(instance: string, [outcome, latencyMs, healthyMs = 0]: readonly [string, number | undefined, number?]): void {
    const { rollout } = this.app;
    const attempt = (rollout.state.instances[instance]?.attempt ?? 0) + 1;
    const sample = { healthy: outcome === '200', outcome, latencyMs };
    rollout.tell({ type: 'probe.sample', instance, attempt, sample, healthyMs, neededMs: 10_000 }, instance);
  }

  updates(instance: string, upTo: Told = 'updated'): void {
    const all = ['switched', 'starting', 'verifying', 'updated'] as const;
    for (const state of all.slice(0, all.findIndex((one) => one === upTo) + 1)) this.says(instance, state);
  }
}
