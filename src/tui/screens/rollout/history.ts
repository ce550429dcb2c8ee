import type { ProbeSample } from '../../../host/state.ts';
import type { InstancePhase, RolloutEvent } from '../../../rollout/events.ts';
import { newSeries, type Series, withSamples } from './series.ts';

/** What events have told that the fold of the rollout does not keep, for the screen alone. All of it is bounded. */
export interface History {
  readonly instances: Readonly<Record<string, InstanceHistory>>;
  /** By the index of the step, from 0. */
  readonly steps: Readonly<Record<number, StepTime>>;
  /** The newest watch of canaries. */
  readonly series: Series | undefined;
}

export interface InstanceHistory {
  /** The newest last, at most `PROBES`. With each start the attempts begin at 1 again. */
  readonly probes: readonly Probe[];
  /** How far it has come on its way to the release: 1 (stopped) to 6 (done); 0 before that. */
  readonly reached: number;
  /** Why it has failed; undefined while it has not, or is tried again. */
  readonly failure: string | undefined;
}

export interface Probe {
  readonly attempt: number;
  readonly sample: ProbeSample;
}

export interface StepTime {
  /** Milliseconds since 1970, by the clock of the source. */
  readonly since: number;
  /** Undefined while it is at work. */
  readonly until: number | undefined;
}

export const PROBES = 60;

/** The phases that an instance goes through, in order: stop, switch, start, verify, bake, done. */
export const PHASES = ['stopped', 'switched', 'starting', 'verifying', 'baking', 'updated'] as const;

export const emptyHistory: History = { instances: {}, steps: {}, series: undefined };

const untold: InstanceHistory = { probes: [], reached: 0, failure: undefined };

/** With one event more; `release` is the one that the plan brings. */
export function remembered(history: History, event: RolloutEvent, release: string | undefined): History {
  switch (event.type) {
    case 'probe.sample':
    case 'instance.state': {
      const before = history.instances[event.instance] ?? untold;
      const after = event.type === 'probe.sample' ? probed(before, event) : moved(before, event, release);
      return { ...history, instances: { ...history.instances, [event.instance]: after } };
    }
    case 'rollout.step':
      return { ...history, steps: stepped(history.steps, event) };
    case 'rollout.finished':
      return { ...history, steps: ended(history.steps, event.t) };
    case 'analysis.started':
      return { ...history, series: newSeries(event) };
    case 'analysis.sample':
      return history.series ? { ...history, series: withSamples(history.series, event.samples) } : history;
    default:
      return history;
  }
}

function probed(before: InstanceHistory, event: Extract<RolloutEvent, { type: 'probe.sample' }>): InstanceHistory {
  const { attempt, sample } = event;
  return { ...before, probes: [...before.probes.slice(-(PROBES - 1)), { attempt, sample }] };
}

type Told = Extract<RolloutEvent, { type: 'instance.state' }>;

function moved(before: InstanceHistory, event: Told, release: string | undefined): InstanceHistory {
  const { state, reason } = event;
  if (state === 'failed' || state === 'unreachable' || state === 'unverified') return { ...before, failure: reason };
  const place = placeOf(state);
  if (place === 0 || !isForward(before, event, release)) return before;
  const isTried = state !== 'stopped';
  return { probes: before.probes, reached: place, failure: isTried ? undefined : before.failure };
}

/** What is stopped still has its old release: only what was never through is on its way to the new one. */
function isForward({ reached }: InstanceHistory, event: Told, release: string | undefined): boolean {
  if (event.state === 'stopped') return reached < PHASES.length;
  return event.release === release;
}

/** Its number among the phases; 0 for one that is not among them. */
export function placeOf(state: InstancePhase): number {
  return (PHASES as readonly InstancePhase[]).indexOf(state) + 1;
}

function stepped(
  steps: History['steps'],
  { index, t }: Extract<RolloutEvent, { type: 'rollout.step' }>,
): History['steps'] {
  // one that is done again has begun when it was begun first
  return { ...ended(steps, t), [index - 1]: { since: steps[index - 1]?.since ?? t, until: undefined } };
}

function ended(steps: History['steps'], t: number): History['steps'] {
  return Object.fromEntries(
    Object.entries(steps).map(([key, { since, until }]) => [key, { since, until: until ?? t }]),
  );
}
