import type { CliContext, GlobalOptions } from '../context.ts';
import { UserError } from '../../base/errors.ts';
import { openStage } from '../open.ts';
import { buildLine, type RolloutFlags, runRollout } from '../run-rollout.ts';

export interface DeployFlags extends GlobalOptions, RolloutFlags {
  readonly ref?: string;
  readonly dir?: string;
  readonly only?: readonly string[];
  readonly restart?: boolean;
  readonly irreversible?: boolean;
  readonly message?: string;
}

export async function deploy(context: CliContext, stage: string, flags: DeployFlags): Promise<number> {
  const irreversible = whyIrreversible(flags);
  const session = await openStage(context, stage, flags);
  const { ref, dir, only, restart } = flags;
  const wanted = {
    ...(irreversible === undefined ? {} : { irreversible }),
    ...(ref === undefined ? {} : { ref }),
    ...(dir === undefined ? {} : { dir }),
    ...(only === undefined ? {} : { only }),
    ...(restart === undefined ? {} : { restart }),
    begins: flags.dryRun === true ? ('never' as const) : ('soon' as const),
    // a program reads the plan, which does not hold them
    ...(flags.json === true ? { changes: 'left out' as const } : {}),
  };
  const onBuildLine = buildLine(context);
  try {
    return await runRollout(context, session, {
      plan: (signal) => session.planDeploy({ ...wanted, signal, onBuildLine }),
      flags,
    });
  } finally {
    await session.close();
  }
}

function whyIrreversible({ irreversible, message }: DeployFlags): string | undefined {
  if (irreversible === true) return message?.trim() || 'its maker says so';
  if (message === undefined) return undefined;
  throw new UserError({
    code: 'SLIP_MESSAGE',
    message: 'A message says why a release is irreversible: give --irreversible, too.',
  });
}
