import { UserError } from '../base/errors.ts';
import { list } from '../base/text.ts';
import { wasGood } from '../host/state.ts';
import type { Controls } from './controls.ts';
import type { Phase } from './events.ts';
import type { Plan } from './plan.ts';
import type { FleetRelease } from './session.ts';

/** Releases that a way back passes over, and that have changed what cannot be changed back (a migration); newest first. */
export function irreversibleBetween(
  releases: readonly FleetRelease[],
  from: FleetRelease | undefined,
  to: FleetRelease,
): readonly FleetRelease[] {
  return releases.filter(
    (one) =>
      one.irreversible !== undefined &&
      // the rollout that is gone back from was at work with it
      (one === from || wentLive(one)) &&
      one.sequence > to.sequence &&
      one.sequence <= (from?.sequence ?? 0),
  );
}

/** One whose rollout failed was live for a while, too: its release hooks have run. */
function wentLive({ status, live }: FleetRelease): boolean {
  return live.length > 0 || wasGood(status) || status === 'failed';
}

/** Whether a way back over what cannot be undone is wanted all the same. */
export type OverIrreversible = 'refused' | 'forced';

export interface WayBack {
  readonly stage: string;
  readonly over: readonly FleetRelease[];
  readonly to: FleetRelease;
}

/** What is to be said of a way back that was forced. Throws UserError when it was not. */
export function requireReversible({ stage, over, to }: WayBack, wanted: OverIrreversible): readonly string[] {
  const what = list(over.map(({ id, irreversible }) => `${id} (${irreversible})`));
  if (over.length === 0) return [];
  if (wanted === 'forced') return [`It goes back over what cannot be undone: ${what}. ${to.id} has to cope with that.`];
  throw new UserError({
    code: 'SLIP_IRREVERSIBLE',
    message: `${stage} cannot go back to ${to.id}: that is before ${what}, which cannot be undone.`,
    mend: `If ${to.id} can cope with what was changed: slipway rollback ${stage} --to ${to.id} --force-irreversible`,
  });
}

/**
 * A rollout of what cannot be undone does not go back by itself: by the time that an instance fails, the release hooks have
 * run. Only the instance that failed goes back.
 */
export function heldForward(plan: Plan): Plan {
  const { kind, release, policy, warnings } = plan;
  if (kind === 'rollback' || release.irreversible === undefined) return plan;
  const warning = `${release.id} cannot be undone (${release.irreversible}): if an instance fails, that one goes back, and the rollout pauses.`;
  return { ...plan, policy: { ...policy, onFailure: 'pause' }, warnings: [...warnings, warning] };
}

/** The same for people who ask it to go back, once something may have been changed. */
export function holdForward(controls: Controls, { kind, release, stage }: Plan): Controls {
  const { irreversible, id } = release;
  if (kind === 'rollback' || irreversible === undefined) return controls;
  const reason = `${id} cannot be undone (${irreversible}); to go back all the same, abort, then: slipway rollback ${stage} --force-irreversible`;
  return {
    ...controls,
    send: (intent, by) =>
      intent.type === 'rollback' && !isEarly(controls.phase()) ? reason : controls.send(intent, by),
  };
}

function isEarly(phase: Phase): boolean {
  return phase === 'Pending' || phase === 'Staging';
}
