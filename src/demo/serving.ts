import type { Ref } from './sample.ts';
import type { Scene } from './scene.ts';
import { ask } from './witness.ts';

export interface ServingQuestion {
  readonly scene: Pick<Scene, 'instances' | 'releases'>;
  readonly ref: Ref;
  /** Release ids that have been seen, by what they were made of. */
  readonly known: ReadonlyMap<Ref, string>;
}

/** What every instance answers with, or a line for each instance that answers something else. */
export type Serving =
  { readonly type: 'agreed'; readonly release: string } | { readonly type: 'wrong'; readonly lines: readonly string[] };

/** Asks every instance whether it serves the release made of `ref`. */
export async function askWhatServes(question: ServingQuestion): Promise<Serving> {
  const { instances } = question.scene;
  const answers = await Promise.all(instances.map(async ({ id, url }) => ({ id, url, ...(await ask(url)) })));
  const right = answers.find((answer) => answer.type === 'serves' && isRight(answer.release, question));
  const wrong = answers.flatMap((answer) => {
    if (answer.type === 'ails') return [`${answer.id} (${answer.url}): ${answer.why}`];
    const isSame = right?.type === 'serves' && answer.release === right.release;
    return isSame ? [] : [`${answer.id} (${answer.url}): answers as ${answer.release}`];
  });
  return right?.type === 'serves' && wrong.length === 0
    ? { type: 'agreed', release: right.release }
    : { type: 'wrong', lines: wrong };
}

/** One that was seen before has kept its id; a new one has an id of its own, which ends with its commit where there is git. */
function isRight(release: string, { scene, ref, known }: ServingQuestion): boolean {
  if (known.has(ref)) return known.get(ref) === release;
  const revision = scene.releases.find((one) => one.ref === ref)?.revision;
  const isNew = ![...known.values()].includes(release);
  return isNew && (revision === undefined || release.endsWith(`-${revision.slice(0, 7)}`));
}
