import type { HistoryRecord } from '../host/records.ts';
import type { HostClient, Mark } from '../host/verbs.ts';
import { list, plural } from '../base/text.ts';
import { instanceOf, type RolloutContext } from './context.ts';
import { spareFor } from './deliver.ts';
import type { PauseReason, Phase } from './events.ts';
import { keepPaused } from './locking.ts';
import type { Plan } from './plan.ts';
import type { Run } from './run.ts';
import type { RolloutOutcome } from './session.ts';
import { whyOf } from './steps.ts';
import { requireHeld } from './superseded.ts';

export type Ending =
  | { readonly type: 'succeeded' }
  | { readonly type: 'rolledBack'; readonly reason: string }
  /** Stopped where it stood, some instances changed. */
  | { readonly type: 'aborted' }
  /** Stopped before anything was changed. */
  | { readonly type: 'cancelled'; readonly reason: string }
  /** Waits for a person who is not here. */
  | {
      readonly type: 'paused';
      readonly phase: 'Paused' | 'RollbackPaused';
      readonly reasons: readonly PauseReason[];
      readonly reason: string;
    }
  | { readonly type: 'left' };

/** The last acts on the hosts (ledger, history, pruning, lock), then the outcome. */
export async function endRollout(context: RolloutContext, run: Run, ending: Ending): Promise<RolloutOutcome> {
  const outcome = outcomeOf(context, run, ending);
  const phase = phaseOf(ending);
  if (phase) context.controls.enter(phase);
  context.controls.close('the rollout is over');
  switch (ending.type) {
    case 'paused':
      await keepPaused(context, ending.reason);
      break;
    case 'left':
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

/** The phase that it ends in; undefined: the one it is in. */
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
    case 'left':
      return undefined;
  }
}

async function finishAll(context: RolloutContext, ending: Ending, outcome: RolloutOutcome): Promise<void> {
  const { plan, id } = context;
  const marks = marksOf(context, ending);
  // one record for all hosts: `slipway history` knows by its sameness that they tell of one rollout
  const history = JSON.stringify(historyRecord(context, ending, outcome));
  const finished = await Promise.allSettled(
    context.hosts.map(async (host) => {
      if (ending.type === 'succeeded') await moveToEnd(context, host);
      const pruned = await host.finish({
        rollout: id,
        marks,
        prune: ending.type === 'succeeded' ? (plan.hosts.find((one) => one.host === host.host)?.prune ?? []) : [],
        history,
        journal: context.journal.rest(),
        lock: 'release',
        spare: spareFor(context.settings),
      });
      if (pruned.length > 0) context.events.emit({ type: 'release.pruned', host: host.host, releases: pruned });
      context.events.emit({ type: 'lock.released', host: host.host });
    }),
  );
  requireHeld(finished);
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

/** A release that was good before and was deployed again is the newest one now. */
async function moveToEnd({ plan, delivery, id }: RolloutContext, host: HostClient): Promise<void> {
  if (!delivery.wasGood || delivery.ledger === undefined) return;
  const ledger = delivery.ledger.replace('"preparing"', '"good"');
  await host.ledger({ rollout: id, release: plan.release.id, ledger });
}

/**
 * What the ledger says afterwards. A release that was good stays so when a later rollout of it fails; the ones that were
 * rolled back from are no place to go back to by default, and at all when they never were good.
 */
function marksOf({ plan, delivery, good }: RolloutContext, { type }: Ending): readonly Mark[] {
  const { id } = plan.release;
  if (type === 'succeeded') {
    const left =
      plan.kind === 'rollback' ? plan.instances.flatMap(({ from }) => (from && from !== id ? [from] : [])) : [];
    const markOf = (release: string): Mark => ({ release, status: good.has(release) ? 'left' : 'failed' });
    return [{ release: id, status: 'good' }, ...[...new Set(left)].map(markOf)];
  }
  if (plan.kind === 'rollback' || delivery.wasGood) return [];
  return type === 'rolledBack' || type === 'aborted' ? [{ release: id, status: 'failed' }] : [];
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

function outcomeOf(context: RolloutContext, run: Run, ending: Ending): RolloutOutcome {
  const { plan, leaves } = context;
  const { stage, release } = plan;
  const say = (exitCode: number, message: string, next?: string): RolloutOutcome => ({ exitCode, message, next });
  switch (ending.type) {
    case 'succeeded':
      return say(0, ...whatSucceeded(plan, run, leaves));
    case 'rolledBack':
      return say(4, `Rolled back: ${ending.reason}. ${whatRunsNow(plan)}`, `slipway history ${stage}`);
    case 'aborted': {
      const changed = run.updated.length;
      const broken = run.broken.size > 0 ? ` Look at ${whyOf(run.broken)}.` : '';
      const idle = idlesOnly(context, run) ? ' What was changed takes no traffic yet.' : '';
      return say(
        5,
        `Aborted: ${plural(changed, 'instance')} of ${stage} ${changed === 1 ? 'runs' : 'run'} ${release.id}, the others what they ran before.${idle}${broken}`,
        // a rollback would go from what takes the traffic to what ran before that
        idle === '' ? `slipway rollback ${stage}   or   slipway deploy ${stage}` : `slipway deploy ${stage}`,
      );
    }
    case 'cancelled':
      return say(130, `Stopped before anything was changed: ${ending.reason}.`);
    case 'paused': {
      const broken = run.broken.size > 0 && !ending.reason.includes(whyOf(run.broken)) ? ` ${whyOf(run.broken)}.` : '';
      return say(5, `${ending.phase}: ${ending.reason}.${broken} The lock is kept.`, wayOn(stage, ending.reasons));
    }
    case 'left':
      return say(
        5,
        `Left: the instance in flight finishes on its host, the others were not touched.`,
        `slipway resume ${stage}`,
      );
  }
}

/** All that was changed is in slots that the traffic was still to be switched to. */
function idlesOnly(context: RolloutContext, run: Run): boolean {
  const due = context.plan.steps.flatMap((step) => (step.type === 'switchTraffic' ? [step] : []));
  const changed = [...run.updated, ...run.broken.keys()].map((id) => instanceOf(context, id));
  return changed.every(({ role, slot }) =>
    due.some((one) => one.role === role && one.to === slot && !run.switched.has(role)),
  );
}

function wayOn(stage: string, reasons: readonly PauseReason[]): string {
  if (reasons.includes('gate')) return `slipway approve ${stage}`;
  if (reasons.includes('inconclusive')) return `slipway approve ${stage}   or   slipway resume ${stage}`;
  return `slipway resume ${stage}`;
}

/** Who stayed behind and why, and how to bring what was left out along. */
function whatSucceeded(
  { instances, release, stage }: Plan,
  run: Run,
  leaves: readonly HostClient[],
): readonly [string, string | undefined] {
  const wanted = instances.filter(({ change }) => change !== 'retire');
  const behind = wanted.filter(({ instance, change }) => change !== 'none' && !run.updated.includes(instance)).length;
  const failures = new Map([...run.failed, ...run.broken]);
  const skipped = [
    ...[...run.skipped].map(([host, by]) => `${host} was skipped by ${by}`),
    ...leaves.map(({ host }) => `${host} is left out`),
  ];
  const reasons = [...(failures.size > 0 ? [whyOf(failures)] : []), ...skipped];
  const kept =
    reasons.length === 0
      ? ''
      : ` ${behind > 0 ? plural(behind, 'instance') : 'What is there'} stayed behind: ${list(reasons)}.`;
  const message = `${release.id} is live on ${plural(wanted.length - behind, 'instance')} of ${stage}.${kept}`;
  return [message, skipped.length === 0 ? undefined : `slipway reconcile ${stage}`];
}

/** Mostly what ran before; an instance that an interrupted rollout had left on an unproven release runs another one. */
function whatRunsNow({ instances }: Plan): string {
  const moved = instances.filter((one) => one.change !== 'retire' && one.change !== 'none' && one.back !== one.from);
  if (moved.length === 0) return 'Everything runs what it ran before.';
  return `Everything is back; ${list(moved.map((one) => `${one.instance} runs ${one.back ?? 'nothing'}`))}.`;
}
