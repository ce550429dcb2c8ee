import { UserError } from '../base/errors.ts';
import { list } from '../base/text.ts';
import { mergeReleases } from './fleet.ts';
import type { PlannedRelease } from './plan.ts';
import { prepareDeploy } from './plan-deploy.ts';
import type { Prepared } from './prepared.ts';
import { prepareReuse, type Reusing } from './reuse.ts';
import type { ContinueOptions } from './session.ts';
import type { Stage } from './stage.ts';

export interface Again extends Omit<Reusing, 'release'> {
  /** As it was planned, or as the ledger knows it. */
  readonly release: Pick<PlannedRelease, 'id' | 'digest' | 'revision' | 'irreversible'>;
  /** What to do when it cannot be had. */
  readonly mend: string;
}

/**
 * A rollout of a release that was made before. Where a host lacks it, it is made again from its commit, and has to be the
 * same.
 */
export async function prepareAgain(
  stage: Stage,
  { release, mend, ...again }: Again,
  options: ContinueOptions,
): Promise<Prepared> {
  const { kind, hosts, takes, among, approved, readings, beside } = again;
  const states = [...readings.map(({ state }) => state), ...beside.states];
  const found = mergeReleases(states).find(({ id }) => id === release.id);
  const lacking = hosts.filter((host) => !(found?.on.includes(host) ?? false));
  if (found !== undefined && lacking.length === 0) return prepareReuse(stage, { ...again, release: found });
  const lost = lostRelease(release.id, lacking, mend);
  if (kind === 'rollback') throw lost;
  const { revision, irreversible } = release;
  const prepared = await prepareDeploy(stage, {
    ...options,
    ...(revision === undefined ? {} : { ref: revision }),
    ...(irreversible === undefined ? {} : { irreversible }),
    ...{ only: hosts, kind, among, approved },
  });
  const { id, digest } = prepared.plan.release;
  // where nobody has it yet, the same files get an id of their own
  const isSame = digest === release.digest && (found === undefined || found.on.length === 0 || id === release.id);
  if (isSame) return { ...prepared, takes };
  await prepared.delivery.dispose();
  throw lost;
}

function lostRelease(release: string, lacking: readonly string[], mend: string): UserError {
  return new UserError({
    code: 'SLIP_RELEASE_LOST',
    message: `${release} is not on ${list(lacking)}, and its files cannot be made again as they were.`,
    mend,
  });
}
