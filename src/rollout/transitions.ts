import type { PauseReason, Phase } from './events.ts';
import type { Intent } from './session.ts';

/** The state machine of a rollout, as data: the engine makes no other move, and takes no other intent. */

/** Which phases may follow a phase. */
export const MOVES: Readonly<Record<Phase, readonly Phase[]>> = {
  Pending: ['Staging', 'Aborted'],
  Staging: ['Progressing', 'Aborted'],
  // straight to its end when nothing has been changed yet
  Progressing: ['Paused', 'Aborting', 'RollingBack', 'RollbackPaused', 'Succeeded', 'Aborted'],
  Paused: ['Progressing', 'Aborting', 'RollingBack'],
  Aborting: ['Aborted', 'RolledBack'],
  RollingBack: ['RolledBack', 'RollbackPaused', 'Aborting'],
  // a rollback by itself goes on as it was; a way back is tried once more
  RollbackPaused: ['Progressing', 'RollingBack', 'Aborting'],
  Succeeded: [],
  Aborted: [],
  RolledBack: [],
};

export function isOver(phase: Phase): boolean {
  return MOVES[phase].length === 0;
}

/** Waits for a person. */
export function isPaused(phase: Phase): boolean {
  return phase === 'Paused' || phase === 'RollbackPaused';
}

/** Where a rollout is, as far as it decides what may be asked of it. */
export interface Whereabouts {
  readonly stage: string;
  readonly phase: Phase;
  /** Why it waits; none while it does not. */
  readonly pauseReasons: readonly PauseReason[];
  /** Instances that stand in the way of going on. */
  readonly failed: readonly string[];
  /** Hosts that take part and are not skipped. */
  readonly hosts: readonly string[];
  /** Traffic is switched on all of them at once, or on none. */
  readonly hasSlots: boolean;
}

interface Rule {
  readonly phases: readonly Phase[];
  /** Why it is not legal in any other phase. */
  readonly otherwise: (at: Whereabouts) => string;
  /** While paused for one of these alone. */
  readonly reasons?: readonly PauseReason[];
  /** Why it is not legal while paused for another. */
  readonly elsewise?: (at: Whereabouts) => string;
}

const RUNNING = ['Pending', 'Staging', 'Progressing', 'Paused', 'Aborting', 'RollingBack', 'RollbackPaused'] as const;
const except = (...phases: readonly Phase[]): readonly Phase[] => RUNNING.filter((one) => !phases.includes(one));

/** A person decides about instances and hosts when these have stopped it. */
const STUCK: readonly PauseReason[] = ['failure', 'deadline', 'hostUnreachable', 'controllerLost'];

const isWaitingOtherwise = ({ pauseReasons }: Whereabouts) => `it waits for another reason: ${pauseReasons.join(', ')}`;

/** In which phases an intent is legal, and in which pauses. Abort is in every phase that is not over, and always wins. */
const INTENTS: Readonly<Record<Intent['type'], Rule>> = {
  pause: { phases: ['Pending', 'Staging', 'Progressing'], otherwise: ({ phase }) => `cannot pause while ${phase}` },
  resume: {
    phases: ['Paused', 'RollbackPaused'],
    otherwise: () => 'it is not paused',
    reasons: ['manual', 'inconclusive', ...STUCK],
    elsewise: ({ stage }) => waitsForApproval(stage),
  },
  abort: { phases: except('Aborting'), otherwise: () => 'it is being aborted already' },
  rollback: {
    phases: except('Aborting', 'RollingBack'),
    otherwise: ({ phase }) => (phase === 'RollingBack' ? 'it is rolling back already' : 'it is being aborted already'),
  },
  leave: { phases: RUNNING, otherwise: () => '' },
  approve: {
    phases: ['Paused'],
    otherwise: () => 'nothing waits for approval',
    reasons: ['gate', 'inconclusive'],
    elsewise: isWaitingOtherwise,
  },
  retry: {
    phases: ['Paused'],
    otherwise: ({ phase }) => (phase === 'RollbackPaused' ? 'resume tries it again' : 'it is not paused'),
    reasons: STUCK,
    elsewise: isWaitingOtherwise,
  },
  skip: {
    phases: ['Paused'],
    otherwise: ({ phase }) => (phase === 'RollbackPaused' ? 'a way back skips nothing' : 'it is not paused'),
    reasons: STUCK,
    elsewise: isWaitingOtherwise,
  },
};

/** Undefined when the intent is legal now; else the reason, as shown beside the greyed key. */
export function refusal(intent: Intent, at: Whereabouts): string | undefined {
  if (isOver(at.phase)) return 'the rollout is over';
  const { phases, otherwise, reasons, elsewise } = INTENTS[intent.type];
  if (!phases.includes(at.phase)) return otherwise(at);
  const isForeign = reasons !== undefined && !at.pauseReasons.some((reason) => reasons.includes(reason));
  return isForeign ? elsewise?.(at) : aimless(intent, at);
}

/** What an instance or a host lacks to be meant. */
function aimless(intent: Intent, { failed, hosts, pauseReasons, hasSlots }: Whereabouts): string | undefined {
  if (intent.type === 'skip' && hasSlots) return 'the traffic of slots is switched on all hosts at once, or on none';
  // whoever ran it is gone, and has not said what had failed
  if (pauseReasons.includes('controllerLost')) return undefined;
  if (intent.type === 'retry' && !failed.includes(intent.instance)) return `${intent.instance} has not failed`;
  if (intent.type === 'skip' && !hosts.includes(intent.host)) return `${intent.host} is left out already`;
  return undefined;
}

/** What a gate says. */
export function waitsForApproval(stage: string): string {
  return `it waits for approval: slipway approve ${stage}`;
}
