import type { EventBody, RolloutEvent } from '../../../src/rollout/events.ts';
import type { Plan } from '../../../src/rollout/plan.ts';
import type { Action } from '../../../src/tui/actions.ts';
import { frame } from '../../../src/tui/frame/frame.ts';
import { resolve } from '../../../src/tui/keys/resolve.ts';
import { reduce } from '../../../src/tui/reduce.ts';
import { type RolloutView, type Size, type UiState, initialUi } from '../../../src/tui/state.ts';
import { NEW, NOW, plan, prepared } from './fleet.ts';

/** A rollout screen that is told events at a local time. */
export class RolloutScreen {
  state: UiState;
  private seq = 0;

  constructor(of: { plan?: Plan; size?: Size } = {}) {
    const { plan: planned = plan(), size = { columns: 80, rows: 24 } } = of;
    const given = { now: NOW, size, looks: { palette: 'dark', ascii: false } as const, stages: [] };
    this.state = { ...initialUi(given), screens: ['fleet'] };
    this.do({ type: 'plan', kind: 'deploy', target: '' });
    this.do({ type: 'planned', prepared: prepared({ plan: planned }) });
    this.do({ type: 'rolloutStarted', id: 'r-1' });
    this.tell({ type: 'rollout.planned', plan: planned });
  }

  do(action: Action): void {
    this.state = reduce(this.state, action);
  }

  press(...keys: readonly string[]): void {
    for (const key of keys) resolve(this.state, key).forEach((action) => this.do(action));
  }

  tell(body: EventBody, from: { source?: string; t?: number } = {}): void {
    this.seq += 1;
    const head = { v: 1 as const, source: from.source ?? 'controller', seq: this.seq, rollout: 'r-1' };
    const event: RolloutEvent = { ...head, t: from.t ?? this.state.now, ...body };
    this.do({ type: 'rolloutEvents', events: [event] });
  }

  /** The plan's step with that number. */
  step(index: number): void {
    this.tell({ type: 'rollout.step', index, of: this.view.state.plan!.steps.length, title: `step ${index}` });
  }

  /** An instance comes to a state. */
  is(
    instance: string,
    state: Extract<EventBody, { type: 'instance.state' }>['state'],
    more: { reason?: string; release?: string } = {},
  ): void {
    const { reason = '', release = NEW } = more;
    this.tell({ type: 'instance.state', instance, state, release, reason });
  }

  wait(ms: number): void {
    this.state = { ...this.state, now: this.state.now + ms };
  }

  get view(): RolloutView {
    return this.state.rollout!;
  }

  get painted(): readonly string[] {
    return frame(this.state);
  }

  /** What is on the screen, without colours. */
  get text(): string {
    return this.painted.map((row) => row.replaceAll(/\u001b\[[0-9;]*m/g, '').trimEnd()).join('\n');
  }
}
