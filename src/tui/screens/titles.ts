import type { ScreenName } from '../state.ts';

/** What a screen is called. */
export const TITLES: Readonly<Record<ScreenName, string>> = {
  stages: 'Stages',
  fleet: 'Fleet',
  deploy: 'Deploy',
  planning: 'Planning',
  review: 'Plan',
  rollout: 'Rollout',
  releases: 'Releases',
  history: 'History',
  doctor: 'Doctor',
  watch: 'Watch',
  logs: 'Logs',
  logLine: 'Line',
  messages: 'Messages',
  help: 'Keys',
};
