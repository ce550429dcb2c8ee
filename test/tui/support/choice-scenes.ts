import { UserError } from '../../../src/base/errors.ts';
import { irreversibleFleet, manyRecords, remembering, withRefs } from './choices.ts';
import type { Scene } from './scene.ts';

/** Choosing what to deploy or to go back to, and what was done before. */
export const CHOICES: Readonly<Record<string, Scene>> = {
  releases: { options: { prepare: remembering }, shows: 'takes away 3 commits', play: (app) => app.press('R') },
  'releases-irreversible': {
    options: { prepare: (session) => (session.fleet = () => Promise.resolve(irreversibleFleet())) },
    shows: 'a rollback to it needs',
    play: (app) => app.press('U'),
  },
  deploy: { options: { prepare: withRefs }, shows: 'brings 2 commits', play: (app) => app.press('d', 'down') },
  'deploy-filtered': {
    options: { prepare: withRefs },
    shows: 'takes away 1 commit',
    play: (app) => app.press('d', ...Array.from('多言語')),
  },
  'deploy-unlisted': {
    options: { prepare: withRefs },
    shows: "use 'v9.9-rc' as it is",
    play: (app) => app.press('d', ...Array.from('v9.9-rc')),
  },
  'deploy-no-git': {
    options: {
      prepare: (session) => {
        const mend = 'Install git, or name a folder as the source.';
        session.deployable = () =>
          Promise.reject(new UserError({ code: 'SLIP_GIT', message: 'There is no git.', mend }));
      },
    },
    shows: 'There is no git.',
    play: (app) => app.press('d'),
  },
  'deploy-folder': { shows: 'the source is a folder', play: (app) => app.press('d') },
  history: { options: { prepare: remembering }, shows: '20261121T114210Z-9f3a1c', play: (app) => app.press('H') },
  'history-empty': { shows: 'Nothing has been changed yet', play: (app) => app.press('H') },
  'history-500': {
    options: {
      prepare: (session) => (session.trail = () => Promise.resolve({ records: manyRecords(500), failed: [] })),
    },
    shows: 'r-480',
    play: (app) => app.press('H', 'G', ...Array.from({ length: 19 }, () => 'k')),
  },
};
