import { Cancelled, UserError } from '../../base/errors.ts';
import type { Decision } from '../../rollout/session.ts';
import { unknownName } from '../../rollout/unknown-name.ts';
import { askName } from '../ask.ts';
import { type CliContext, type GlobalOptions, isInteractive } from '../context.ts';
import { openStage, type OpenStage } from '../open.ts';
import { buildLine, type RolloutFlags, runRollout } from '../run-rollout.ts';
import { findGone } from './resume.ts';
import { tellIn } from './tell.ts';

export interface DecideFlags extends GlobalOptions, RolloutFlags {
  readonly decision: Decision;
}

/**
 * Lets a rollout that has stopped go on: asks whoever runs it, or, when nobody does any more, goes on with it here, as
 * `resume --continue` does.
 */
export async function decide(context: CliContext, stage: string, flags: DecideFlags): Promise<number> {
  const session = await openStage(context, stage, flags);
  const { decision } = flags;
  try {
    requireKnown(session, decision);
    const dropsAll = decision.type === 'approve' && decision.scope === 'all';
    const unfinished = await findGone(session);
    if (unfinished === undefined) {
      if (dropsAll) await requireTyped(context, stage, flags);
      return await tellIn(context, session, { ...flags, intent: decision });
    }
    const onBuildLine = buildLine(context);
    return await runRollout(context, session, {
      plan: (signal) => session.planContinue(unfinished, { decision, signal, onBuildLine }),
      flags,
      ...(dropsAll ? { confirm: 'typed' as const } : {}),
    });
  } finally {
    await session.close();
  }
}

function requireKnown({ stage, instances, hosts }: OpenStage, decision: Decision): void {
  if (decision.type === 'approve') return;
  const [what, name, known] =
    decision.type === 'retry'
      ? (['instance', decision.instance, instances] as const)
      : (['host', decision.host, hosts] as const);
  if (!known.includes(name)) throw unknownName({ what, name, stage, known });
}

/** All that would still be waited for is dropped: that is not to be said by the way. */
async function requireTyped(context: CliContext, stage: string, { yes }: DecideFlags): Promise<void> {
  if (yes === true) return;
  if (!isInteractive(context)) {
    throw new UserError({
      code: 'SLIP_NEEDS_YES',
      message: 'Dropping all gates, bakes and analyses was not confirmed, and there is no terminal to ask.',
      mend: 'Give --yes.',
    });
  }
  const what = 'drop all gates, bakes and analyses that are left';
  const isSure = await askName(context, stage, { text: what, spoken: what });
  if (!isSure) throw new Cancelled('Not confirmed: it waits on.');
}
