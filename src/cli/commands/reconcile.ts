import type { CliContext, GlobalOptions } from '../context.ts';
import { openStage } from '../open.ts';
import { buildLine, type RolloutFlags, runRollout } from '../run-rollout.ts';

/** Brings what has drifted to the release that the stage is on. */
export async function reconcile(
  context: CliContext,
  stage: string,
  flags: GlobalOptions & RolloutFlags,
): Promise<number> {
  const session = await openStage(context, stage, flags);
  const onBuildLine = buildLine(context);
  try {
    return await runRollout(context, session, {
      plan: (signal) => session.planReconcile({ signal, onBuildLine }),
      flags,
    });
  } finally {
    await session.close();
  }
}
