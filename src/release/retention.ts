import type { ReleaseRecord } from '../host/state.ts';

export interface Retention {
  /** The stage's releases, merged over its hosts. */
  readonly releases: readonly ReleaseRecord[];
  readonly keepReleases: number;
  /** Releases that a link points at or a process runs, anywhere in the stage. */
  readonly inUse: ReadonlySet<string>;
  readonly deploying?: string | undefined;
  /** Failed and unfinished releases that stay for reading. */
  readonly keptForReading?: number;
}

const KEPT_FOR_READING = 3;

/**
 * The releases that may be deleted. Only good ones count towards `keepReleases`: a row of failed deploys must not push the
 * releases out that one could go back to.
 */
export function expiredReleases(retention: Retention): string[] {
  const { releases, keepReleases, inUse, deploying, keptForReading = KEPT_FOR_READING } = retention;
  const newestFirst = releases.toSorted((a, b) => b.sequence - a.sequence || (a.id < b.id ? 1 : -1));
  const good = newestFirst.filter(isGood);
  const others = newestFirst.filter((release) => !isGood(release) && release.id !== deploying);
  // The last good one stays even where nothing at all is to be kept.
  const stay = new Set([...good.slice(0, Math.max(1, keepReleases)), ...others.slice(0, keptForReading)]);
  const expires = (release: ReleaseRecord) =>
    !stay.has(release) && !release.kept && release.id !== deploying && !inUse.has(release.id);
  return newestFirst.filter(expires).map(({ id }) => id);
}

/** One that may be rolled back to. */
function isGood(release: ReleaseRecord): boolean {
  return release.status === 'good' && release.bad === undefined && release.present;
}
