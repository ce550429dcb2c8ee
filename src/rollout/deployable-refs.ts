import type { SourceSettings } from '../config/settings.ts';
import { type DeployRef, listRefs } from '../git/refs.ts';
import { openRepository } from '../git/repository.ts';

/** What can be deployed from a source, newest first. A folder is what it is. */
export async function deployableRefs(source: SourceSettings, signal?: AbortSignal): Promise<readonly DeployRef[]> {
  if (source.type !== 'git') return [];
  return listRefs(await openRepository(source.repository, signal), signal);
}
