import { setTimeout as sleep } from 'node:timers/promises';
import { run, type Site } from '../site.ts';

/** slipway's hosts tidy up a second after a rollout. */
const TIDY_MS = 1500;

export function tidied(): Promise<void> {
  return sleep(TIDY_MS);
}

/** What was left to be done is not to be paid for by the next: it is over, and on the disk, before the clock starts. */
export async function atRest(site: Site): Promise<void> {
  await tidied();
  await run(site, ['sync']);
}
