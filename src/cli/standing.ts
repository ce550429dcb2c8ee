import { LockedError, SlipwayError } from '../base/errors.ts';
import { instancesOf, rolloutLock, statesOf } from '../rollout/fleet.ts';
import type { Fleet, StageSession } from '../rollout/session.ts';
import type { Unfinished } from '../rollout/unfinished.ts';
import { are, sentences, spokenRelease, toDo } from './report/speech.ts';

/** A rollout that has the stage and was not begun here. */
export type StandingRollout =
  | { readonly type: 'alive' }
  | { readonly type: 'gone'; readonly unfinished: Unfinished }
  /** Nobody runs it, and what it meant to do cannot be read. */
  | { readonly type: 'unknown'; readonly trouble: SlipwayError };

/** Undefined when no rollout has the stage, or when it has ended meanwhile. Reads the hosts again only where one has. */
export async function findStanding(session: StageSession, { hosts }: Fleet): Promise<StandingRollout | undefined> {
  if (!rolloutLock(statesOf(hosts))) return undefined;
  try {
    return { type: 'gone', unfinished: await session.unfinished() };
  } catch (thrown) {
    if (thrown instanceof LockedError) return { type: 'alive' };
    if (!(thrown instanceof SlipwayError)) throw thrown;
    return thrown.code === 'SLIP_NO_ROLLOUT' ? undefined : { type: 'unknown', trouble: thrown };
  }
}

/** What there is to do about it: "choose 8". */
export interface StandingWays {
  /** Of one that nobody runs any more. */
  readonly decide: string;
  /** Of one that somebody runs. */
  readonly ask: string;
}

/** What it is, and what to do about it. */
export function standingSentences(standing: StandingRollout | undefined, ways: StandingWays): readonly string[] {
  switch (standing?.type) {
    case undefined:
      return [];
    case 'alive':
      return [
        sentences('That is a rollout that somebody runs right now', `To ask it to pause or to stop, ${ways.ask}`),
      ];
    case 'unknown':
      return [sentences(standing.trouble.message, toDo(standing.trouble.mend))];
    case 'gone':
      return [sentences(unfinishedText(standing.unfinished), `To decide what becomes of it, ${ways.decide}`)];
  }
}

/** What it meant to do, and how far it has come. */
export function unfinishedText({ plan, readings }: Unfinished): string {
  const { kind, release } = plan;
  const instances = instancesOf(statesOf(readings));
  const there = instances.filter(({ current }) => current === release.id).length;
  const verb = kind === 'deploy' ? 'A deploy of' : kind === 'rollback' ? 'A rollback to' : 'A reconcile to';
  return `${verb} ${spokenRelease(release.id)} is unfinished, and nobody runs it any more: ${there} of ${instances.length} instances ${are(there)} on that release`;
}
