import { UserError } from '../base/errors.ts';
import { sanitise } from '../base/sanitise.ts';
import { list } from '../base/text.ts';
import type { DeployRef } from '../git/refs.ts';
import type { DeployOptions, StageSession } from '../rollout/session.ts';
import type { Edition } from './sample.ts';

/** The releases of the demo, oldest first, and the folder of each. */
export interface Laid {
  readonly folders: ReadonlyMap<string, string>;
  readonly editions: readonly Edition[];
}

/** Where there is no git, a session that takes a release's name for its folder. */
export function withFolders<Session extends StageSession>(session: Session, { folders, editions }: Laid): Session {
  return {
    ...session,
    refs: () => Promise.resolve(editions.map(asTag).reverse()),
    planDeploy: async (options: DeployOptions) => session.planDeploy(inFolder(options, folders)),
  };
}

/** Its name is all the revision it has. */
function asTag({ ref, subject, author, at }: Edition): DeployRef {
  return { name: ref, kind: 'tag', revision: ref, subject, author, at: Date.parse(at) };
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
