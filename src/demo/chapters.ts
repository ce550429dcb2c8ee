import type { Ref } from './sample.ts';

/** What is typed in a chapter. A rollback names the id that the release got when it was deployed. */
export type Command =
  | { readonly type: 'deploy'; readonly ref: Ref }
  | { readonly type: 'rollback'; readonly to: Ref }
  | { readonly type: 'status' };

export interface Chapter {
  readonly heading: string;
  /** What is about to happen, for a reader who knows nothing of slipway. */
  readonly lines: readonly string[];
  readonly command: Command;
  /** The exit code that is right. */
  readonly exitCode: 0 | 4;
  /** What every instance has to answer with afterwards. */
  readonly serves: Ref;
}

/** The story: a first release, a second, a bad one, and back to the first. */
export const CHAPTERS: readonly Chapter[] = [
  {
    heading: 'The first deploy',
    lines: ['Nothing runs on the hosts yet. Release v1 greets people by name.'],
    command: { type: 'deploy', ref: 'v1' },
    exitCode: 0,
    serves: 'v1',
  },
  {
    heading: 'The next release',
    lines: [
      'v2 greets in three languages. Only what changed is sent; one instance goes first,',
      'the others follow once it is healthy, and half of them serve at any time.',
    ],
    command: { type: 'deploy', ref: 'v2' },
    exitCode: 0,
    serves: 'v2',
  },
  {
    heading: 'A bad release',
    lines: [
      'v3 never gets healthy. The first instance shows it and goes back to v2 by itself;',
      'the others never see v3. That is exit code 4: failed, and back on what ran before.',
    ],
    command: { type: 'deploy', ref: 'v3' },
    exitCode: 4,
    serves: 'v2',
  },
  {
    heading: 'What runs now',
    lines: ['Nothing of this is stored: it is read from links, processes and health checks.'],
    command: { type: 'status' },
    exitCode: 0,
    serves: 'v2',
  },
  {
    heading: 'Back to the first release',
    lines: ['A rollback to a chosen release. Its files are still on the hosts, so nothing is sent.'],
    command: { type: 'rollback', to: 'v1' },
    exitCode: 0,
    serves: 'v1',
  },
  {
    heading: 'What runs at the end',
    lines: ['Every instance is on v1 again, proven by its own process.'],
    command: { type: 'status' },
    exitCode: 0,
    serves: 'v1',
  },
];
