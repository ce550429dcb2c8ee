import { SlipwayError } from '../base/errors.ts';
import { sanitise } from '../base/sanitise.ts';
import { list } from '../base/text.ts';
import type { SourceSettings } from '../config/settings.ts';
import { compareCommits, type Comparison } from '../git/log.ts';
import { openRepository } from '../git/repository.ts';

/** What going from one revision to another means in commits: newest first, at most 200 of each side, `more` besides. */
export type Changes =
  | Extract<Comparison, { type: 'compared' }>
  /** One sentence, fit for a terminal. */
  | { readonly type: 'unknown'; readonly reason: string };

export interface Between {
  /** Undefined where nothing is live, or what was made of no commit. */
  readonly from: string | undefined;
  readonly to: string;
  readonly signal?: AbortSignal | undefined;
}

/** Asks git. Whatever it cannot tell is no error: nothing depends on it. */
export async function changesBetween(source: SourceSettings, { from, to, signal }: Between): Promise<Changes> {
  if (source.type !== 'git') return unknown('The source is a folder: it has no commits.');
  if (from === undefined) return unknown('There is no commit to compare with.');
  try {
    await openRepository(source.repository, signal);
    const comparison = await compareCommits({ cwd: source.repository, signal }, { from, to });
    if (comparison.type === 'compared') return comparison;
    return unknown(`git does not know ${list(comparison.ids.map(shortOf))} here: git fetch may bring it.`);
  } catch (thrown) {
    if (thrown instanceof SlipwayError) return unknown(thrown.message);
    throw thrown;
  }
}

function unknown(reason: string): Changes {
  return { type: 'unknown', reason };
}

/** Ledgers of hosts may hold anything. */
function shortOf(id: string): string {
  return sanitise(id).slice(0, 7);
}
