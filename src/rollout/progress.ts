import type { ProbeSample } from '../host/state.ts';
import type { Judged } from '../analysis/watch.ts';
import { unreachable } from '../base/errors.ts';
import { type InstanceEvidence, withPart } from './evidence.ts';
import type { InstancePhase, PauseReason, Phase, Proof, RolloutEvent } from './events.ts';
import type { Gate, Plan } from './plan.ts';
import { hostChange, type HostEvent, type HostProgress, initialHost } from './progress-host.ts';
import { isPaused, type Whereabouts } from './transitions.ts';

/** A rollout as its events tell it. Live, attached and replayed readers fold the same events to the same state. */
export interface RolloutState {
  readonly rollout: string;
  readonly plan: Plan | undefined;
  readonly phase: Phase;
  readonly reason: string;
  readonly pauseReasons: readonly PauseReason[];
  /** Instances that stand in the way of a paused one. */
  readonly failed: readonly string[];
  /** Every gate that was come to, in order. */
  readonly gates: readonly GateProgress[];
  readonly step: { readonly index: number; readonly of: number; readonly title: string } | undefined;
  readonly hosts: Readonly<Record<string, HostProgress>>;
  readonly instances: Readonly<Record<string, InstanceProgress>>;
  /** What was gathered of instances that have failed, the newest failure of each. */
  readonly evidence: Readonly<Record<string, InstanceEvidence>>;
  /** The running bake; undefined when none runs. */
  readonly bake: { readonly since: number; readonly until: number } | undefined;
  /** The newest look at the canaries of each role. */
  readonly looks: Readonly<Record<string, RoleLook>>;
  readonly warnings: readonly Warning[];
  /** The newest lines of hooks, prepare steps and logs, at most `OUTPUT_LINES`. */
  readonly output: readonly OutputLine[];
  readonly startedAt: number | undefined;
  readonly finished: { readonly at: number; readonly exitCode: number } | undefined;
  /** The highest sequence number seen of each source: doubles are dropped by it. */
  readonly seen: Readonly<Record<string, number>>;
}

export interface GateProgress {
  readonly gate: Gate;
  /** Who let it pass, and why; undefined while it is closed. */
  readonly passed: { readonly by: string; readonly why: string } | undefined;
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

export interface RoleLook extends Judged {
  readonly at: number;
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
  failed: [],
  gates: [],
  step: undefined,
  hosts: {},
  instances: {},
  evidence: {},
  bake: undefined,
  looks: {},
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
    case 'analysis.started':
      return { ...state, bake: { since: event.t, until: event.until } };
    case 'bake.finished':
      return { ...state, bake: undefined };
    case 'instance.state':
    case 'probe.sample':
      return applyInstance(state, event);
    case 'instance.evidence': {
      const { instance } = event;
      return { ...state, evidence: { ...state.evidence, [instance]: withPart(state.evidence[instance], event) } };
    }
    case 'hook.output':
      return withOutput(state, { t: event.t, source: event.host, line: event.line });
    case 'log.line':
      return withOutput(state, { t: event.t, source: event.instance, line: event.line });
    case 'warning':
      return {
        ...state,
        warnings: [...state.warnings, { host: event.host, message: event.message, mend: event.mend }],
      };
    case 'gate.opened':
      return { ...state, gates: [...state.gates, { gate: event.gate, passed: undefined }] };
    case 'gate.passed':
      return { ...state, gates: passGate(state.gates, event) };
    case 'analysis.verdict':
      return { ...state, looks: { ...state.looks, [event.role]: lookOf(event) } };
    case 'analysis.sample':
    case 'traffic.switched':
    case 'release.pruned':
      return state;
    case 'host.connected':
    case 'host.lost':
    case 'host.skipped':
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

function lookOf({ role, canaries, baselines, look, t }: Of<'analysis.verdict'>): RoleLook {
  return { role, canaries, baselines, look, at: t };
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
      return { ...state, phase: event.phase, reason: event.reason, ...(isPaused(event.phase) ? {} : UNPAUSED) };
    case 'rollout.step':
      return { ...state, step: { index: event.index, of: event.of, title: event.title } };
    case 'rollout.paused':
      return {
        ...state,
        phase: isPaused(state.phase) ? state.phase : 'Paused',
        pauseReasons: event.reasons,
        failed: event.failed ?? [],
        reason: event.reason,
      };
    case 'rollout.resumed':
      return { ...state, ...UNPAUSED };
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

const UNPAUSED = { pauseReasons: [], failed: [] } as const;

/** A gate may be passed without having been come to: a person's word was there before. */
function passGate(gates: readonly GateProgress[], { gate, by, why }: Of<'gate.passed'>): readonly GateProgress[] {
  const open = gates.findIndex((one) => one.gate === gate && one.passed === undefined);
  const passed: GateProgress = { gate, passed: { by, why } };
  return open < 0 ? [...gates, passed] : gates.with(open, passed);
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
          release: isUntouched(event.state) ? (event.release ?? before.release) : event.release,
          reason: event.reason,
          deadline: event.deadline,
          proof: event.proof ?? before.proof,
          ...(event.state === 'verifying' ? {} : { sample: before.sample, attempt: before.attempt }),
        };
  return { ...state, instances: { ...state.instances, [event.instance]: instance } };
}

/** Nothing is told of what it runs: it is what it was. */
function isUntouched(state: InstancePhase): boolean {
  return state === 'unreachable' || state === 'skipped';
}

/** What an instance runs, as far as the events tell; undefined for nothing. */
export function releaseOf(state: RolloutState, id: string): string | undefined {
  const told = state.instances[id];
  return told === undefined ? state.plan?.instances.find((one) => one.instance === id)?.from : told.release;
}

/** Where the rollout is, for what may be asked of it. */
export function whereabouts({ plan, phase, pauseReasons, failed, hosts }: RolloutState): Whereabouts {
  const taking = (plan?.hosts ?? []).map(({ host }) => host).filter((host) => hosts[host]?.skipped === undefined);
  const hasSlots = plan?.slots !== undefined;
  return { stage: plan?.stage ?? '', phase, pauseReasons, failed, hosts: taking, hasSlots };
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

function applyHost(state: RolloutState, event: HostEvent): RolloutState {
  const before = state.hosts[event.host] ?? initialHost;
  return { ...state, hosts: { ...state.hosts, [event.host]: { ...before, ...hostChange(before, event) } } };
}

function withOutput(state: RolloutState, line: OutputLine): RolloutState {
  return { ...state, output: [...state.output.slice(-(OUTPUT_LINES - 1)), line] };
}
