import type { EvidencePart } from '../host/evidence.ts';
import type { ProbeSample } from '../host/state.ts';
import type { Sample } from '../analysis/sample.ts';
import type { Judged, Watched } from '../analysis/watch.ts';
import type { Slot } from '../config/settings.ts';
import type { Gate, Plan } from './plan.ts';
import type { WishedIntent } from './wishes.ts';

/**
 * Everything that happens in a rollout, as one stream: it feeds the TUI, the text report, `--json` and the journal on the
 * hosts. `source` and `seq` identify an event for good, so that streams of several sources can be merged and doubles dropped.
 */
export type RolloutEvent = EventHead & EventBody;

export interface EventHead {
  readonly v: 1;
  /** "controller", or the instance whose frames it comes from: "bot.1@fra-1". */
  readonly source: string;
  /** Counts up from 1 within its source. */
  readonly seq: number;
  /** Milliseconds since 1970, by the clock of its source. */
  readonly t: number;
  readonly rollout: string;
}

export type Phase =
  | 'Pending'
  | 'Staging'
  | 'Progressing'
  | 'Paused'
  | 'Aborting'
  | 'RollingBack'
  | 'Succeeded'
  | 'Aborted'
  | 'RolledBack'
  | 'RollbackPaused';

export type PauseReason =
  'manual' | 'gate' | 'inconclusive' | 'failure' | 'deadline' | 'controllerLost' | 'hostUnreachable';

export type InstancePhase =
  | 'old'
  | 'stopped'
  | 'switched'
  | 'starting'
  | 'verifying'
  | 'baking'
  | 'updated'
  | 'failed'
  | 'skipped'
  | 'unreachable'
  | 'unverified'
  | 'reverting'
  | 'reverted'
  | 'retired';

/** How far the proof goes that the new release runs. */
export type Proof = 'proven' | 'unproven';

export type EventBody =
  | { readonly type: 'rollout.planned'; readonly plan: Plan }
  | { readonly type: 'rollout.started' }
  | { readonly type: 'rollout.phase'; readonly phase: Phase; readonly reason: string }
  | { readonly type: 'rollout.step'; readonly index: number; readonly of: number; readonly title: string }
  /** Told again when what stands in its way changes. */
  | {
      readonly type: 'rollout.paused';
      readonly reasons: readonly PauseReason[];
      readonly reason: string;
      /** Instances that failed; left out when none did. */
      readonly failed?: readonly string[];
    }
  | {
      readonly type: 'rollout.resumed';
      readonly by: string;
      /** A verdict that says nothing, which was taken for good enough, and why. */
      readonly accepted?: 'inconclusive';
      readonly why?: string;
    }
  /** Somebody at another terminal wants something of it; `refused`: why that is not legal now. */
  | {
      readonly type: 'rollout.asked';
      readonly id: string;
      readonly intent: WishedIntent;
      readonly by: string;
      readonly refused?: string;
    }
  | { readonly type: 'rollout.finished'; readonly phase: Phase; readonly reason: string; readonly exitCode: number }
  | { readonly type: 'host.connected'; readonly host: string }
  | { readonly type: 'host.lost'; readonly host: string; readonly reason: string }
  /** What is left to do there is left undone. */
  | { readonly type: 'host.skipped'; readonly host: string; readonly by: string }
  /** Its release is published; nothing visible has changed. */
  | { readonly type: 'host.ready'; readonly host: string; readonly release: string; readonly reused: boolean }
  | { readonly type: 'sync.progress'; readonly host: string; readonly sent: number; readonly total: number }
  | { readonly type: 'prepare.started'; readonly host: string; readonly run: string }
  | { readonly type: 'prepare.finished'; readonly host: string; readonly run: string; readonly reused: boolean }
  | { readonly type: 'hook.started'; readonly host: string; readonly run: string }
  | { readonly type: 'hook.finished'; readonly host: string; readonly run: string }
  | { readonly type: 'hook.output'; readonly host: string; readonly line: string }
  | {
      readonly type: 'instance.state';
      readonly instance: string;
      readonly state: InstancePhase;
      readonly release: string | undefined;
      readonly reason: string;
      readonly proof?: Proof;
      /** When this state ends as failed if nothing else happens; milliseconds since 1970, by the clock of its source. */
      readonly deadline?: number;
    }
  | {
      readonly type: 'probe.sample';
      readonly instance: string;
      readonly attempt: number;
      readonly sample: ProbeSample;
      /** How long it has been healthy without a break, of how long it must be. */
      readonly healthyMs: number;
      readonly neededMs: number;
    }
  /** What a person needs to understand why it has failed: five events, one a part, told before anything goes back. */
  | {
      readonly type: 'instance.evidence';
      readonly instance: string;
      readonly part: EvidencePart;
      readonly lines: readonly string[];
    }
  | { readonly type: 'bake.started'; readonly until: number; readonly instances: readonly string[] }
  | { readonly type: 'bake.finished' }
  /** Canaries are watched until then (ms since 1970), and what is measured of them, and of the others, is kept. */
  | ({ readonly type: 'analysis.started' } & Watched)
  /** What was measured of instances on one host, over one span of time. */
  | { readonly type: 'analysis.sample'; readonly host: string; readonly samples: readonly Sample[] }
  /** A look at the canaries of one role. */
  | ({ readonly type: 'analysis.verdict' } & Judged)
  | { readonly type: 'gate.opened'; readonly gate: Gate }
  | { readonly type: 'gate.passed'; readonly gate: Gate; readonly by: string; readonly why: string }
  | { readonly type: 'traffic.switched'; readonly host: string; readonly role: string; readonly to: Slot }
  | { readonly type: 'log.line'; readonly instance: string; readonly line: string }
  | { readonly type: 'lock.taken'; readonly host: string }
  | { readonly type: 'lock.takenOver'; readonly host: string; readonly from: string; readonly found: string }
  | { readonly type: 'lock.released'; readonly host: string }
  | { readonly type: 'release.pruned'; readonly host: string; readonly releases: readonly string[] }
  | { readonly type: 'warning'; readonly host?: string; readonly message: string; readonly mend?: string };
