import type { Clock } from '../base/clock.ts';
import type { EventBody, RolloutEvent } from './events.ts';

/**
 * The one stream of a rollout's events: whoever subscribes gets every event from the first, each once. Samples are only heard
 * by those that are there already.
 */
export interface EventStream {
  /** From the controller, now. */
  emit(body: EventBody): void;
  /** From a worker, which has numbered and timed it; one that was here already (a stream read again) is dropped. */
  add(event: RolloutEvent): void;
  subscribe(listener: (event: RolloutEvent) => void): () => void;
}

export function createEventStream(rollout: string, clock: Clock): EventStream {
  const events: RolloutEvent[] = [];
  const listeners = new Set<(event: RolloutEvent) => void>();
  const seen = new Map<string, number>();
  let seq = 0;
  const add = (event: RolloutEvent) => {
    if (event.seq <= (seen.get(event.source) ?? 0)) return;
    seen.set(event.source, event.seq);
    // a long watch makes many, and their verdicts tell what came of them
    if (event.type !== 'analysis.sample') events.push(event);
    listeners.forEach((listener) => listener(event));
  };
  return {
    emit: (body) => {
      seq += 1;
      add({ v: 1, source: 'controller', seq, t: clock.now(), rollout, ...body });
    },
    add,
    subscribe: (listener) => {
      events.forEach(listener);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
