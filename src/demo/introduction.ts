import { list, plural } from '../base/text.ts';
import type { Scene, SceneRelease } from './scene.ts';

/** What the reader of the story is told first. */
export function storyIntroduction(scene: Scene): readonly string[] {
  return [
    'slipway demo: a bot is deployed, goes wrong, goes back by itself, and is rolled back.',
    '',
    ...setting(scene),
  ];
}

/** What a newcomer can do on the screen that opens next. */
export function screenIntroduction(scene: Scene): readonly string[] {
  return [
    'slipway demo',
    '',
    ...setting(scene),
    '',
    'On the screen that opens next, try:',
    '  d  v2  Enter  y    deploy v2: it is built, the plan is shown, y starts it',
    '  d  v3  Enter  y    deploy a bad release, and watch it go back by itself',
    '  R  Enter  y        roll back to the release that you choose with the arrows',
    '  L                  the logs of all hosts as they come; W watches how all are',
    '  Esc                back to the hosts, after each of them',
    '  ?                  every key',
    '  q                  leave; everything is removed',
    '',
    'v1 is being deployed while you read. Press Enter to open the screen.',
  ];
}

export function goodbye(scene: Scene): string {
  return `Everything is removed again: the hosts, what ran on them, and ${scene.folder}.`;
}

function setting({ hosts, instances, releases, keeping, folder }: Scene): string[] {
  const each = plural(instances.length / hosts.length, 'instance');
  return [
    `${plural(hosts.length, 'host')}, ${list(hosts)}: SSH servers on 127.0.0.1, with real shells in`,
    `folders below ${folder}.`,
    `The bot, greeter, runs as ${each} on each.`,
    keeping === 'commits' ? 'Its git repository has these releases:' : 'Without git here, a release is a folder:',
    ...releases.map(releaseLine),
  ];
}

function releaseLine({ ref, subject, author, at }: SceneRelease): string {
  return `  ${ref}  ${subject.padEnd(26)}${author.padEnd(14)}${at.slice(0, 10)}`;
}
