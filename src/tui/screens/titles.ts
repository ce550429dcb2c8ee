import type { ScreenName } from '../state.ts';

/** What a screen is called. */
export const TITLES: Readonly<Record<ScreenName, string>> = {
  stages: 'Stages',
  fleet: 'Fleet',
  planning: 'Planning',
  review: 'Plan',
  rollout: 'Rollout',
  releases: 'Releases',
  messages: 'Messages',
  help: 'Keys',
};
