import { resolve } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { loadSettings } from '../../config/load.ts';
import { type CliContext, type GlobalOptions, isInteractive } from '../context.ts';
import { shellOut, specIn } from '../shell-out.ts';

export interface SshTarget {
  readonly stage: string;
  readonly host: string;
  readonly instance: string | undefined;
}

/** A shell on a host, in the folder of the release that is live there. */
export async function ssh(context: CliContext, { stage, host, instance }: SshTarget, flags: GlobalOptions) {
  const settings = await loadSettings({ file: resolve(context.cwd, flags.config), stage });
  if (!isInteractive(context)) {
    throw new UserError({
      code: 'SLIP_TERMINAL',
      message: 'A shell needs a terminal.',
      mend: 'Run it on one. A single command goes by ssh itself.',
    });
  }
  await shellOut({
    settings,
    host,
    instance: instance === undefined ? undefined : instance.includes('@') ? instance : `${instance}@${host}`,
    specOf: specIn(context.env),
  });
  return 0;
}
