import { UserError } from '../base/errors.ts';
import type { BakeSettings } from '../config/settings.ts';
import { notNow } from './ask-controller.ts';
import type { EventBody } from './events.ts';
import { alreadyUpdated, goOn } from './go-on.ts';
import type { PlanInput } from './make-plan.ts';
import { whoAmI } from './owner.ts';
import { type Past, readPast } from './past.ts';
import type { Plan } from './plan.ts';
import { prepareAgain } from './plan-again.ts';
import { prepareReconcile } from './plan-reconcile.ts';
import type { Prepared } from './prepared.ts';
import type { ContinueOptions, Decision } from './session.ts';
import { type Reading, readForRollout, requireReady, type Stage } from './stage.ts';
import { plannedHosts, readOthers } from './targets.ts';
import { refusal } from './transitions.ts';
import type { Unfinished } from './unfinished.ts';

/**
 * The rest of a rollout that nobody runs any more: the hosts are read and planned for anew, so nothing that was done is done
 * again, nor waited for again what was approved.
 */
export async function prepareContinue(
  opened: Stage,
  unfinished: Unfinished,
  { decision, ...options }: ContinueOptions,
): Promise<Prepared> {
  const { plan, rollout: takes, hooksRun } = unfinished;
  const stage = asPlanned(opened, plan);
  const past = await readPast(stage, unfinished);
  const refused = decision && refusal(decision, past.at);
  if (decision && refused !== undefined) throw notNow(decision, refused);
  const leaves = leftOut(past, decision);
  const hosts = plannedHosts(
    plan,
    stage.settings.hosts.map((host) => host.name),
  ).filter((host) => !leaves.includes(host));
  if (hosts.length === 0) throw nothingLeft(stage);
  if (plan.kind === 'reconcile') {
    return { ...(await prepareReconcile(opened, { ...options, takes, leaves })), leaves };
  }
  const [readings, beside] = await Promise.all([readForRollout(stage, hosts), readOthers(stage, hosts)]);
  requireReady(stage, readings);
  const { kind, release } = plan;
  const { stage: name } = stage.settings;
  const mend = `Go back (slipway resume ${name} --rollback), or leave it as it is (--accept) and deploy anew.`;
  const approved = approvedBy(past, decision);
  const again = { kind, release, hosts, readings, beside, takes, mend, approved };
  const prepared = await prepareAgain(stage, again, options);
  const before = { plan, hooksRun };
  const rest = goOn(prepared.plan, before);
  const replan = (now: readonly Reading[]) => {
    const made = prepared.replan(now);
    return { ...made, plan: goOn(made.plan, before) };
  };
  return {
    ...{ ...prepared, plan: rest, replan, leaves, already: alreadyUpdated(rest) },
    // a lock that is taken over has to be given back, even when nothing is left to do
    alreadyLive: false,
    ...(decision?.type === 'approve' ? { decided: approval(past, decision) } : {}),
  };
}

/** It goes on the way it was begun, though hosts.json may say another; and is watched for as long. */
function asPlanned(stage: Stage, { strategy, steps }: Plan): Stage {
  const { rollout } = stage.settings;
  if (strategy === rollout.strategy) return stage;
  const watched = steps.find((step) => step.type === 'analyze') ?? steps.find((step) => step.type === 'bake');
  const bake: BakeSettings = { ms: watched?.ms ?? 0, untilStableMs: watched?.untilStableMs };
  return { ...stage, settings: { ...stage.settings, rollout: { ...rollout, strategy, bake } } };
}

/** What a person has left out stays so, unless something there is to be tried again. */
function leftOut({ skipped }: Past, decision: Decision | undefined): readonly string[] {
  if (decision?.type === 'skip') return [...skipped, decision.host];
  if (decision?.type === 'retry') return skipped.filter((host) => !decision.instance.endsWith(`@${host}`));
  return skipped;
}

function approvedBy({ gates }: Past, decision: Decision | undefined): PlanInput['approved'] {
  if (decision?.type === 'approve') return decision.scope;
  return gates === 'passed' ? 'step' : undefined;
}

function approval({ gate }: Past, { why }: Extract<Decision, { type: 'approve' }>): EventBody {
  const by = whoAmI();
  if (gate !== undefined) return { type: 'gate.passed', gate, by, why };
  return { type: 'rollout.resumed', by, accepted: 'inconclusive', why };
}

function nothingLeft({ settings: { stage } }: Stage): UserError {
  return new UserError({
    code: 'SLIP_CANNOT_CONTINUE',
    message: `Without it no host of the rollout of ${stage} is left.`,
    mend: `Go back (slipway resume ${stage} --rollback), or leave it as it is (--accept).`,
  });
}
