import type { ProbeSample } from '../host/state.ts';
import { unreachable } from '../base/errors.ts';
import type { InstancePhase, PauseReason, Phase, Proof, RolloutEvent } from './events.ts';
import type { Plan } from './plan.ts';

/** A rollout as its events tell it. Live, attached and replayed readers fold the same events to the same state. */
export interface RolloutState {
  readonly rollout: string;
  readonly plan: Plan | undefined;
  readonly phase: Phase;
  readonly reason: string;
  readonly pauseReasons: readonly PauseReason[];
  readonly step: { readonly index: number; readonly of: number; readonly title: string } | undefined;
  readonly hosts: Readonly<Record<string, HostProgress>>;
  readonly instances: Readonly<Record<string, InstanceProgress>>;
  /** The running bake; undefined when none runs. */
  readonly bake: { readonly since: number; readonly until: number } | undefined;
  readonly warnings: readonly Warning[];
  /** The newest lines of hooks, prepare steps and logs, at most `OUTPUT_LINES`. */
  readonly output: readonly OutputLine[];
  readonly startedAt: number | undefined;
  readonly finished: { readonly at: number; readonly exitCode: number } | undefined;
  /** The highest sequence number seen of each source: doubles are dropped by it. */
  readonly seen: Readonly<Record<string, number>>;
}

export interface HostProgress {
  readonly connected: boolean;
  readonly ready: boolean;
  readonly reused: boolean;
  readonly locked: boolean;
  /** Bytes of the payload, compressed. */
  readonly sent: number;
  readonly total: number;
  /** When the first and the newest progress of the sync came; the rate follows from them. */
  readonly syncSince: number | undefined;
  readonly syncAt: number | undefined;
  /** The prepare step or hook that runs now. */
  readonly preparing: string | undefined;
  readonly lost: string | undefined;
}

export interface InstanceProgress {
  readonly state: InstancePhase;
  readonly release: string | undefined;
  readonly reason: string;
  readonly since: number;
  readonly deadline: number | undefined;
  readonly proof: Proof | undefined;
  readonly attempt: number;
  readonly sample: ProbeSample | undefined;
  readonly healthyMs: number;
  readonly neededMs: number;
}

export interface Warning {
  readonly host: string | undefined;
  readonly message: string;
  readonly mend: string | undefined;
}

export interface OutputLine {
  readonly t: number;
  /** A host or an instance. */
  readonly source: string;
  readonly line: string;
}

export const OUTPUT_LINES = 500;

export const initialState: RolloutState = {
  rollout: '',
  plan: undefined,
  phase: 'Pending',
  reason: '',
  pauseReasons: [],
  step: undefined,
  hosts: {},
  instances: {},
  bake: undefined,
  warnings: [],
  output: [],
  startedAt: undefined,
  finished: undefined,
  seen: {},
};

/** The state after one more event. Doubles and events of another rollout change nothing. */
export function progress(state: RolloutState, event: RolloutEvent): RolloutState {
  if (state.rollout !== '' && event.rollout !== state.rollout) return state;
  if (event.seq <= (state.seen[event.source] ?? 0)) return state;
  const seen = { ...state.seen, [event.source]: event.seq };
  return { ...apply(state, event), rollout: event.rollout, seen };
}

function apply(state: RolloutState, event: RolloutEvent): RolloutState {
  switch (event.type) {
    case 'rollout.planned':
    case 'rollout.started':
    case 'rollout.phase':
    case 'rollout.step':
    case 'rollout.paused':
    case 'rollout.resumed':
    case 'rollout.asked':
    case 'rollout.finished':
      return applyRollout(state, event);
    case 'bake.started':
      return { ...state, bake: { since: event.t, until: event.until } };
    case 'bake.finished':
      return { ...state, bake: undefined };
    case 'instance.state':
    case 'probe.sample':
      return applyInstance(state, event);
    case 'hook.output':
      return withOutput(state, { t: event.t, source: event.host, line: event.line });
    case 'log.line':
      return withOutput(state, { t: event.t, source: event.instance, line: event.line });
    case 'warning':
      return {
        ...state,
        warnings: [...state.warnings, { host: event.host, message: event.message, mend: event.mend }],
      };
    case 'analysis.sample':
    case 'analysis.verdict':
    case 'gate.opened':
    case 'gate.passed':
    case 'traffic.switched':
    case 'release.pruned':
      return state;
    case 'host.connected':
    case 'host.lost':
    case 'host.ready':
    case 'sync.progress':
    case 'prepare.started':
    case 'prepare.finished':
    case 'hook.started':
    case 'hook.finished':
    case 'lock.taken':
    case 'lock.takenOver':
    case 'lock.released':
      return applyHost(state, event);
    default:
      return unreachable(event);
  }
}

type Of<T extends RolloutEvent['type']> = Extract<RolloutEvent, { type: T }>;

function applyRollout(
  state: RolloutState,
  event: Of<Extract<RolloutEvent['type'], `rollout.${string}`>>,
): RolloutState {
  switch (event.type) {
    case 'rollout.planned':
      return { ...state, plan: event.plan };
    case 'rollout.started':
      return { ...state, startedAt: event.t };
    case 'rollout.phase':
      return { ...state, phase: event.phase, reason: event.reason };
    case 'rollout.step':
      return { ...state, step: { index: event.index, of: event.of, title: event.title } };
    case 'rollout.paused':
      return { ...state, phase: 'Paused', pauseReasons: event.reasons, reason: event.reason };
    case 'rollout.resumed':
      return { ...state, pauseReasons: [] };
    case 'rollout.finished':
      return {
        ...state,
        phase: event.phase,
        reason: event.reason,
        bake: undefined,
        finished: { at: event.t, exitCode: event.exitCode },
      };
    case 'rollout.asked':
      return state;
    default:
      return unreachable(event);
  }
}

function applyInstance(state: RolloutState, event: Of<'instance.state' | 'probe.sample'>): RolloutState {
  const before = state.instances[event.instance] ?? initialInstance(event.t);
  const instance: InstanceProgress =
    event.type === 'probe.sample'
      ? {
          ...before,
          attempt: event.attempt,
          sample: event.sample,
          healthyMs: event.healthyMs,
          neededMs: event.neededMs,
        }
      : {
          ...initialInstance(event.t),
          state: event.state,
          release: event.release,
          reason: event.reason,
          deadline: event.deadline,
          proof: event.proof ?? before.proof,
          ...(event.state === 'verifying' ? {} : { sample: before.sample, attempt: before.attempt }),
        };
  return { ...state, instances: { ...state.instances, [event.instance]: instance } };
}

function initialInstance(since: number): InstanceProgress {
  return {
    state: 'old',
    release: undefined,
    reason: '',
    since,
    deadline: undefined,
    proof: undefined,
    attempt: 0,
    sample: undefined,
    healthyMs: 0,
    neededMs: 0,
  };
}

const initialHost: HostProgress = {
  connected: false,
  ready: false,
  reused: false,
  locked: false,
  sent: 0,
  total: 0,
  syncSince: undefined,
  syncAt: undefined,
  preparing: undefined,
  lost: undefined,
};

type HostEvent = Extract<
  RolloutEvent,
  {
    type:
      `host.${string}` | `lock.${string}` | `prepare.${string}` | 'hook.started' | 'hook.finished' | 'sync.progress';
  }
>;

function applyHost(state: RolloutState, event: HostEvent): RolloutState {
  const before = state.hosts[event.host] ?? initialHost;
  return { ...state, hosts: { ...state.hosts, [event.host]: { ...before, ...hostChange(before, event) } } };
}

function hostChange(before: HostProgress, event: HostEvent): Partial<HostProgress> {
  switch (event.type) {
    case 'host.connected':
      return { connected: true, lost: undefined };
    case 'host.lost':
      return { connected: false, lost: event.reason };
    case 'host.ready':
      return { ready: true, reused: event.reused };
    case 'sync.progress':
      return { sent: event.sent, total: event.total, syncSince: syncBegan(before, event), syncAt: event.t };
    case 'prepare.started':
    case 'hook.started':
      return { preparing: event.run };
    case 'prepare.finished':
    case 'hook.finished':
      return { preparing: undefined };
    case 'lock.taken':
    case 'lock.takenOver':
      return { locked: true };
    case 'lock.released':
      return { locked: false };
    default:
      return unreachable(event);
  }
}

/** An attempt begins with nothing sent; its rate is its own. */
function syncBegan({ syncSince }: HostProgress, { sent, t }: Of<'sync.progress'>): number {
  return sent === 0 ? t : (syncSince ?? t);
}

function withOutput(state: RolloutState, line: OutputLine): RolloutState {
  return { ...state, output: [...state.output.slice(-(OUTPUT_LINES - 1)), line] };
}
