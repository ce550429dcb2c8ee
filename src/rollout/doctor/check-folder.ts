import { sh } from '../../base/shell.ts';
import { list, plural } from '../../base/text.ts';
import type { InstanceState, ReleaseRecord } from '../../host/state.ts';
import { type Check, checksOf } from '../diagnosis.ts';
import type { Here } from './here.ts';
import { folderTroubles } from '../stage.ts';

const folder = checksOf('folder');

/** Whose the folder is, and what is in it. */
export function checkFolder(here: Here): readonly Check[] {
  const { settings, state, host } = here;
  const troubles = folderTroubles(settings, state);
  return [
    ...troubles.map(({ what, mend }) => folder.bad(what, mend)),
    ...(troubles.length > 0 ? [] : [folder.ok(whose(here))]),
    ...checkShared(here),
    ...checkReleases(here),
    ...checkUploads(here, host.deployTo),
  ];
}

function whose({ settings, state, host: { deployTo } }: Here): string {
  if (!state.initialised) return `${deployTo} has nothing of slipway yet; the first deploy makes what it needs`;
  if (state.owner === undefined) return `${deployTo} does not say whose it is; the next deploy takes it`;
  const isWritable = !state.findings.some(({ kind }) => kind === 'denied' || kind === 'readonly');
  return `${deployTo} belongs to ${settings.app} ${settings.stage}${isWritable ? ', and can be written to' : ''}`;
}

function checkShared({ settings: { shared }, state }: Here): readonly Check[] {
  const { length } = shared.files;
  const isMissing = state.findings.some(({ kind }) => kind === 'shared');
  return length === 0 || isMissing ? [] : [folder.ok(`${plural(length, 'shared file')} ${are(length)} there`)];
}

const are = (count: number) => (count === 1 ? 'is' : 'are');

/** What an upload under a lock has sent so far is no leftover. */
function checkUploads({ state }: Here, deployTo: string): readonly Check[] {
  const { cutUploads = 0, lock } = state;
  if (cutUploads === 0 || lock !== undefined) return [];
  const left = `${plural(cutUploads, 'upload')} that came to no end ${are(cutUploads)} kept`;
  return [
    folder.warning(
      `${left}: a deploy of the same goes on with it`,
      `The next deploy that ends well deletes it. To make room at once: ${sh`rm -rf ${`${deployTo}/.slipway/incoming`}`}/*`,
    ),
  ];
}

function checkReleases({ settings, state }: Here): readonly Check[] {
  const { releases, instances, lock } = state;
  const broken = releases.filter(({ present, status }) => !present && status !== 'preparing');
  // under a lock a rollout may be at it
  const begun = lock === undefined ? releases.filter(({ status }) => status === 'preparing') : [];
  const whole = releases.filter(({ present, status }) => present && status !== 'preparing');
  return [
    ...broken.flatMap((release) => checkBroken(release, instances, settings.stage)),
    ...(begun.length > 0
      ? [
          folder.ok(
            `${list(begun.map(({ id }) => id))} ${are(begun.length)} unfinished: no link may point there, and later deploys delete what is left`,
          ),
        ]
      : []),
    ...(whole.length > 0
      ? [folder.ok(`${plural(whole.length, 'release')} with folder and list of files (not hashed)`)]
      : []),
  ];
}

/** A release that the ledger knows, without its folder or without the list of its files. */
function checkBroken(
  { id, revision, status }: ReleaseRecord,
  instances: readonly InstanceState[],
  stage: string,
): readonly Check[] {
  const what = `the folder of ${id}, or the list of its files, is gone`;
  const users = instances.filter(({ current }) => current === id).map(({ name }) => name);
  const again = revision === undefined ? sh`slipway deploy ${stage}` : sh`slipway deploy ${stage} --ref ${revision}`;
  if (users.length > 0)
    return [
      folder.bad(
        `${what}, and ${list(users)} ${users.length === 1 ? 'points' : 'point'} at it`,
        `Send it again: ${again}`,
      ),
    ];
  // no other is a way back
  if (status !== 'good') return [];
  return [
    folder.warning(
      `${what}: nobody can roll back to it here`,
      `Nothing has to be done before it is needed; this sends it again: ${again}`,
    ),
  ];
}
