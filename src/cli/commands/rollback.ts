import type { CliContext, GlobalOptions } from '../context.ts';
import { openStage } from '../open.ts';
import { type RolloutFlags, runRollout } from '../run-rollout.ts';

export interface RollbackFlags extends GlobalOptions, RolloutFlags {
  readonly to?: string;
  readonly only?: readonly string[];
  readonly forceIrreversible?: boolean;
}

export async function rollback(context: CliContext, stage: string, flags: RollbackFlags): Promise<number> {
  const session = await openStage(context, stage, flags);
  const { to, only } = flags;
  const target = {
    ...(to === undefined ? {} : { to }),
    ...(only === undefined ? {} : { only }),
    overIrreversible: flags.forceIrreversible === true ? ('forced' as const) : ('refused' as const),
  };
  try {
    return await runRollout(context, session, {
      plan: (signal) => session.planRollback({ ...target, signal }),
      flags,
    });
  } finally {
    await session.close();
  }
}
