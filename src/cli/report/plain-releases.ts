import { list, plural } from '../../base/text.ts';
import { liveRelease } from '../../rollout/fleet.ts';
import { irreversibleBetween } from '../../rollout/irreversible.ts';
import type { FleetRelease } from '../../rollout/session.ts';
import { quoted, sentence, sentences, spokenDuration, spokenRelease } from './speech.ts';

export interface Now {
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Releases, newest first, each in a line: what it is, where it runs, and whether it can be gone back to. */
export function releaseSentences(releases: readonly FleetRelease[], now: Now): readonly string[] {
  if (releases.length === 0) return ['No release yet.'];
  const live = liveRelease(releases);
  return releases.map((one) =>
    sentences(
      capital(releaseWords(one, releases, now)),
      one.live.length === 0 ? undefined : `It is live on ${plural(one.live.length, 'instance')}`,
      one.bad === undefined ? undefined : `It is marked bad: ${one.bad}`,
      one.irreversible === undefined ? undefined : `It cannot be undone: ${one.irreversible}`,
      wayBack(one, irreversibleBetween(releases, live, one)),
    ),
  );
}

/** "release 1f0755f, made 3 hours ago by ana@laptop: “Greet people by name”" */
export function releaseWords(release: FleetRelease, releases: readonly FleetRelease[], { now }: Now): string {
  const { id, at, by, subject } = release;
  const name = spokenRelease(id);
  // the same commit, released twice: its end alone would not tell which
  const isShared = releases.some((other) => other.id !== id && spokenRelease(other.id) === name);
  const time = isShared ? ` of ${writtenTime(id)}` : '';
  const made = at > 0 ? `, made ${spokenDuration(Math.max(0, now - at))} ago` : '';
  return `${name}${time}${made} by ${by}${subject === '' ? '' : `: ${quoted(subject)}`}`;
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The time in a release id, which is in UTC: "2026-11-21 11:42:05". */
function writtenTime(id: string): string {
  return id.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z.*$/, '$1-$2-$3 $4:$5:$6');
}

function wayBack({ notATarget }: FleetRelease, over: readonly FleetRelease[]): string {
  // said already
  if (notATarget === 'it is live') return '';
  if (notATarget !== undefined) return `It is no place to go back to: ${notATarget}`;
  if (over.length === 0) return 'It can be gone back to';
  return sentence(
    `Going back to it takes force: that is before ${list(over.map(({ id }) => id))}, which cannot be undone`,
  );
}
