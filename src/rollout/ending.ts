import type { HistoryRecord } from '../host/records.ts';
import { plural } from '../base/text.ts';
import { type RolloutContext } from './context.ts';
import type { Phase } from './events.ts';
import { keepPaused } from './locking.ts';
import type { Run } from './run.ts';
import type { RolloutOutcome } from './session.ts';
import { whyOf } from './steps.ts';

export type Ending =
  | { readonly type: 'succeeded' }
  | { readonly type: 'rolledBack'; readonly reason: string }
  /** Stopped where it stood, some instances changed. */
  | { readonly type: 'aborted' }
  /** Stopped before anything was changed. */
  | { readonly type: 'cancelled'; readonly reason: string }
  /** Waits for a person who is not here. */
  | { readonly type: 'paused'; readonly phase: 'Paused' | 'RollbackPaused'; readonly reason: string }
  | { readonly type: 'left' };

/** The last acts on the hosts (ledger, history, pruning, lock), then the outcome. */
export async function endRollout(context: RolloutContext, run: Run, ending: Ending): Promise<RolloutOutcome> {
  const outcome = outcomeOf(context, run, ending);
  const phase = phaseOf(ending);
  if (phase) context.controls.enter(phase);
  switch (ending.type) {
    case 'paused':
      await keepPaused(context);
      break;
    case 'left':
      if (context.controls.phase() === 'Paused') await keepPaused(context);
      break;
    case 'succeeded':
    case 'rolledBack':
    case 'aborted':
    case 'cancelled':
      await finishAll(context, ending, outcome);
      break;
  }
  context.events.emit({
    type: 'rollout.finished',
    phase: phase ?? context.controls.phase(),
    reason: outcome.message,
    exitCode: outcome.exitCode,
  });
  return outcome;
}

function phaseOf(ending: Ending): Phase | undefined {
  switch (ending.type) {
    case 'succeeded':
      return 'Succeeded';
    case 'rolledBack':
      return 'RolledBack';
    case 'aborted':
    case 'cancelled':
      return 'Aborted';
    case 'paused':
      return ending.phase;
    case 'left':
      return undefined;
  }
}

async function finishAll(context: RolloutContext, ending: Ending, outcome: RolloutOutcome): Promise<void> {
  const { plan, id } = context;
  const status = statusOf(ending);
  const finished = await Promise.allSettled(
    context.hosts.map(async (host) => {
      const pruned = await host.finish({
        rollout: id,
        marks: status === undefined ? [] : [{ release: plan.release.id, status }],
        prune: ending.type === 'succeeded' ? (plan.hosts.find((one) => one.host === host.host)?.prune ?? []) : [],
        history: JSON.stringify(historyRecord(context, ending, outcome)),
        lock: 'release',
      });
      if (pruned.length > 0) context.events.emit({ type: 'release.pruned', host: host.host, releases: pruned });
      context.events.emit({ type: 'lock.released', host: host.host });
    }),
  );
  finished.forEach((result, index) => {
    if (result.status === 'fulfilled') return;
    const reason = result.reason instanceof Error ? result.reason.message : String(result.reason);
    context.events.emit({
      type: 'warning',
      host: context.hosts[index]!.host,
      message: `The end of the rollout could not be written down: ${reason}`,
      mend: 'The next deploy takes the lock over and sets it right.',
    });
  });
}

function statusOf(ending: Ending): 'good' | 'failed' | undefined {
  if (ending.type === 'succeeded') return 'good';
  // a rollback's target was good before: that the way to it failed does not make it a failed release
  return ending.type === 'rolledBack' || ending.type === 'aborted' ? 'failed' : undefined;
}

function historyRecord(context: RolloutContext, ending: Ending, outcome: RolloutOutcome): HistoryRecord {
  const { plan, owner, id, clock } = context;
  const from = plan.instances.find((instance) => instance.from !== undefined)?.from;
  return {
    at: clock.now(),
    by: owner.who,
    what: plan.kind,
    release: plan.release.id,
    ...(from === undefined ? {} : { from }),
    outcome: ending.type,
    why: outcome.message,
    rollout: id,
  };
}

function outcomeOf({ plan }: RolloutContext, run: Run, ending: Ending): RolloutOutcome {
  const { stage, release } = plan;
  const say = (exitCode: number, message: string, next?: string): RolloutOutcome => ({ exitCode, message, next });
  const look = `slipway status ${stage}`;
  switch (ending.type) {
    case 'succeeded': {
      const kept =
        run.failed.size > 0 ? ` ${plural(run.failed.size, 'instance')} stayed behind: ${whyOf(run.failed)}.` : '';
      const live = plan.instances.filter((one) => one.change !== 'retire').length - run.failed.size;
      return say(0, `${release.id} is live on ${plural(live, 'instance')} of ${stage}.${kept}`);
    }
    case 'rolledBack':
      return say(4, `Rolled back: ${ending.reason}. Everything runs what it ran before.`, `slipway history ${stage}`);
    case 'aborted':
      return say(
        5,
        `Aborted: ${plural(run.updated.length, 'instance')} of ${stage} ${run.updated.length === 1 ? 'runs' : 'run'} ${release.id}, the others what they ran before.`,
        `slipway rollback ${stage}   or   slipway deploy ${stage}`,
      );
    case 'cancelled':
      return say(130, `Stopped before anything was changed: ${ending.reason}.`);
    case 'paused': {
      const broken = run.broken.size > 0 && !ending.reason.includes(whyOf(run.broken)) ? ` ${whyOf(run.broken)}.` : '';
      return say(
        5,
        `${ending.phase}: ${ending.reason}.${broken} The lock is kept.`,
        `${look}   then   slipway rollback ${stage}`,
      );
    }
    case 'left':
      return say(
        5,
        `Left: the instance in flight finishes on its host, the others were not touched.`,
        `${look}   then   slipway deploy ${stage}`,
      );
  }
}
