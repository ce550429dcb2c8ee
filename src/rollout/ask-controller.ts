import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { parseForeign } from '../base/foreign-json.ts';
import { sanitise } from '../base/sanitise.ts';
import { RemoteError, UserError } from '../base/errors.ts';
import type { LockOwner } from '../host/state.ts';
import type { HostClient } from '../host/verbs.ts';
import { describeLock } from './lock-words.ts';
import { whoAmI } from './owner.ts';
import type { Stage } from './stage.ts';
import { isSuperseded } from './superseded.ts';
import { findStanding, type Standing } from './unfinished.ts';
import { wishText } from './wish-words.ts';
import type { Wish, WishedIntent } from './wishes.ts';

/** Who answered. */
export interface Answered {
  readonly rollout: string;
  readonly owner: LockOwner;
}

const POLL_MS = 300;
/** A rollout opens its control channel three seconds after its begin, and one that was cut two seconds later. */
const PATIENCE_MS = 15_000;

/**
 * Asks the process that runs the rollout of a stage, wherever it is, by way of the hosts. Throws UserError when nothing runs,
 * nobody is there any more, or it is not legal now; RemoteError when no answer came.
 */
export async function askController(stage: Stage, intent: WishedIntent): Promise<Answered> {
  const standing = await findStanding(stage);
  const { owner } = standing;
  requireController(stage, standing);
  const hosts = standing.hosts.map((host) => stage.clients.get(host)!);
  const wish: Wish = { id: randomBytes(9).toString('base64url'), intent, by: whoAmI() };
  const told = await Promise.allSettled(
    hosts.map((host) => host.tell({ rollout: owner.rollout, line: JSON.stringify(wish) })),
  );
  const reached = hosts.filter((_, index) => told[index]!.status === 'fulfilled');
  if (reached.length === 0) throw (told[0] as PromiseRejectedResult).reason;
  await hearAnswer(stage, wish, { rollout: owner.rollout, hosts: reached });
  return { rollout: owner.rollout, owner };
}

/** A rollout whose process has ended, or has died, hears nobody. */
function requireController({ settings: { stage } }: Stage, { controller, lock }: Standing): void {
  if (controller === 'alive') return;
  throw new UserError({
    code: 'SLIP_NO_CONTROLLER',
    message: `The rollout of ${stage} has nobody who runs it any more: it is ${describeLock(lock)}.`,
    mend: `Decide what becomes of it: slipway resume ${stage}`,
  });
}

interface Asked {
  readonly rollout: string;
  readonly hosts: readonly HostClient[];
}

async function hearAnswer({ clock, settings: { stage } }: Stage, wish: Wish, { rollout, hosts }: Asked): Promise<void> {
  const until = clock.now() + PATIENCE_MS;
  for (;;) {
    const answers = await Promise.allSettled(hosts.map((host) => host.answer({ rollout, id: wish.id })));
    const answer = answers.flatMap((one) => (one.status === 'fulfilled' && one.value ? [one.value] : []))[0];
    const heard = answer === undefined ? undefined : parseForeign(answerSchema, answer);
    if (heard?.refused !== undefined) throw notNow(wish.intent, heard.refused);
    if (heard !== undefined) return;
    const isOver = answers.every((one) => one.status === 'rejected' && isSuperseded(one.reason));
    if (isOver) throw ended(stage);
    if (clock.now() >= until) throw unheard(stage, wish);
    await clock.sleep(POLL_MS);
  }
}

const answerSchema = z.object({ refused: z.string().transform(sanitise).optional() });

export function notNow(intent: WishedIntent, refused: string): UserError {
  return new UserError({ code: 'SLIP_NOT_NOW', message: `It cannot ${wishText(intent)} now: ${refused}.` });
}

function ended(stage: string): UserError {
  return new UserError({
    code: 'SLIP_NO_ROLLOUT',
    message: `The rollout of ${stage} has ended meanwhile.`,
    mend: `See what runs there: slipway status ${stage}`,
  });
}

function unheard(stage: string, { intent }: Wish): RemoteError {
  return new RemoteError({
    code: 'SLIP_UNHEARD',
    message: `Nobody has answered the wish to ${wishText(intent)} within ${PATIENCE_MS / 1000} s.`,
    mend: `Whoever runs the rollout may have lost the hosts. It still stands as asked; look again: slipway status ${stage}`,
  });
}
