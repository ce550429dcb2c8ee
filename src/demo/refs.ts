import { UserError } from '../base/errors.ts';
import { sanitise } from '../base/sanitise.ts';
import { list } from '../base/text.ts';
import type { DeployOptions, StageSession } from '../rollout/session.ts';

/** Where there is no git, a session that takes a release's name for its folder. */
export function withFolders<Session extends StageSession>(
  session: Session,
  folders: ReadonlyMap<string, string>,
): Session {
  return { ...session, planDeploy: async (options: DeployOptions) => session.planDeploy(inFolder(options, folders)) };
}

function inFolder({ ref, ...options }: DeployOptions, folders: ReadonlyMap<string, string>): DeployOptions {
  if (ref === undefined) return options;
  const dir = folders.get(ref);
  if (dir !== undefined) return { ...options, dir };
  throw new UserError({
    code: 'SLIP_NO_REF',
    message: `“${sanitise(ref)}” is no release of the demo, which found no git and does without.`,
    mend: `Its releases are ${list([...folders.keys()])}.`,
  });
}
