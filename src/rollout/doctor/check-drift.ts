import { sh } from '../../base/shell.ts';
import { type Check, checksOf } from '../diagnosis.ts';
import { type Drift, driftWords } from '../drift.ts';
import { rolloutLock, statesOf } from '../fleet.ts';
import type { Here } from './here.ts';
import { leftoversOf } from '../leftovers.ts';
import type { Fleet } from '../session.ts';

const drifted = checksOf('drift');

/** What differs on this host from what the stage is on, as all hosts together tell. */
export function checkDrift(here: Here, { hosts, drift, release }: Fleet): readonly Check[] {
  const { state } = here;
  if (rolloutLock(statesOf(hosts)))
    return [drifted.unknown('not looked for while a rollout has the stage: differences are its progress')];
  const own = drift.filter(({ host }) => host === state.host);
  if (own.length > 0) return own.map((one) => drifted.warning(driftWords(one), mendOf(here, one)));
  return [
    drifted.ok(
      release === undefined ? 'no release was ever good, so there is nothing to drift from' : `all is on ${release}`,
    ),
  ];
}

function mendOf({ settings, state, host }: Here, { type, instance }: Drift): string {
  const isRevived = leftoversOf([state]).revived.some(({ id }) => id === instance);
  if (type !== 'leftover' || isRevived) return sh`Bring it back: slipway reconcile ${settings.stage}`;
  const [name = ''] = instance.split('@');
  return sh`Nothing tells how to stop it: stop it on the host, then: rm -rf ${`${host.deployTo}/instances/${name}`}`;
}
