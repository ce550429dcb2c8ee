import type { Clock } from '../base/clock.ts';
import { type UiState, isRunning, screenOf } from './state.ts';
import type { Store } from './store.ts';

const SPINNER_MS = 250;
const WAIT_MS = 1000;
const IDLE_MS = 10_000;

/**
 * How soon the time on the screen has to move on: four times a second only while something turns, every second while
 * something is waited for, else now and then for the ages.
 */
export function tickMs(state: UiState): number {
  const isPlanning = state.planning !== undefined && !state.planning.prepared && !state.planning.problem;
  const isOpening = state.stage !== undefined && !state.session && !state.problem;
  const isAsking = state.trail.reading || isReadingRefs(state);
  if (isPlanning || isOpening || isAsking || state.fleet.reading || state.doctor.reading || isMoving(state))
    return SPINNER_MS;
  if (state.notice ?? state.dialog) return WAIT_MS;
  if (['logs', 'watch'].includes(screenOf(state))) return WAIT_MS;
  return isRunning(state) && screenOf(state) === 'rollout' ? WAIT_MS : IDLE_MS;
}

function isReadingRefs(state: UiState): boolean {
  return screenOf(state) === 'deploy' && state.picker.refs.type === 'reading';
}

function isMoving(state: UiState): boolean {
  const phase = state.rollout?.state.phase;
  return isRunning(state) && phase !== 'Paused' && phase !== 'RollbackPaused';
}

/** The one timer of the program. It sleeps as long as the state allows, and wakes early when that changes. */
export async function runTicker(store: Store, clock: Clock, signal: AbortSignal): Promise<void> {
  let wake = new AbortController();
  const unsubscribe = store.subscribe(() => {
    if (tickMs(store.get()) < current) wake.abort();
  });
  let current = tickMs(store.get());
  for (;;) {
    wake = new AbortController();
    current = tickMs(store.get());
    // woken early or ended: both only mean that it is time to look again
    await clock.sleep(current, AbortSignal.any([signal, wake.signal])).catch(() => undefined);
    if (signal.aborted) break;
    store.post({ type: 'ticked' });
  }
  unsubscribe();
}
