import type { Clock } from '../../../src/base/clock.ts';
import type { EventBody, RolloutEvent } from '../../../src/rollout/events.ts';
import type { RolloutOutcome, RunningRollout } from '../../../src/rollout/session.ts';

type Listener = (event: RolloutEvent) => void;

/**
 * A rollout that never ends. What was told is kept only until somebody listens: kept for good, it would be taken for
 * memory of the screens.
 */
export class PlayedRollout implements RunningRollout {
  readonly id = 'r-1';
  readonly finished = new Promise<RolloutOutcome>(() => undefined);
  private readonly clock: Clock;
  private readonly listeners = new Set<Listener>();
  private readonly seq = new Map<string, number>();
  private early: RolloutEvent[] = [];

  constructor(clock: Clock) {
    this.clock = clock;
  }

  subscribe(listener: Listener): () => void {
    this.early.forEach(listener);
    this.early = [];
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  send(): string {
    return 'nobody asks that here';
  }

  /** `source`: the instance it comes from. */
  tell(body: EventBody, source = 'controller'): void {
    const seq = (this.seq.get(source) ?? 0) + 1;
    this.seq.set(source, seq);
    const event: RolloutEvent = { v: 1, source, seq, t: this.clock.now(), rollout: this.id, ...body };
    if (this.listeners.size === 0) this.early.push(event);
    for (const listener of this.listeners) listener(event);
  }
}
