import { rollbackTarget } from '../../rollout/fleet.ts';
import { ask } from '../ask.ts';
import { announce } from '../context.ts';
import { releaseWords } from '../report/plain-releases.ts';
import { spokenRelease } from '../report/speech.ts';
import { buildLine, runRollout } from '../run-rollout.ts';
import { choose, numbered } from './choose.ts';
import type { Ended, Here } from './menu.ts';

/** What a signal does is asked: somebody is there. */
export const FLAGS = { onInterrupt: 'leave' } as const;

/** Asks what to deploy, shows the plan, asks again, and runs it. */
export async function deployHere({ context, session }: Here): Promise<Ended> {
  const { source } = session.settings;
  const usual = source.type === 'git' ? source.ref : source.dir;
  const spoken = `Which commit, branch or tag? Press Enter for ${usual}, or type 0 to go back.`;
  const typed = source.type === 'git' ? await ask(context, { text: `${spoken} `, spoken }) : '';
  if (typed === undefined || typed === '0') return {};
  announce(context, 'Planning');
  const ref = typed === '' ? {} : { ref: typed };
  const onBuildLine = buildLine(context);
  const plan = (signal: AbortSignal) => session.planDeploy({ ...ref, begins: 'soon', signal, onBuildLine });
  return { rollout: await runRollout(context, session, { plan, flags: FLAGS }) };
}

/** Lets one of the releases be chosen that can be gone back to, the last good one first of all. */
export async function rollBackHere({ context, session, fleet }: Here): Promise<Ended> {
  const now = { now: context.clock.now() };
  const targets = fleet.releases.filter(({ notATarget }) => notATarget === undefined);
  if (targets.length === 0) {
    announce(context, `${session.stage} has no release to go back to`);
    return {};
  }
  const last = rollbackTarget(fleet.releases);
  const all = numbered(
    targets.map((one) => [
      `${releaseWords(one, fleet.releases, now)}${one === last ? '; it is the last good one' : ''}`,
      one,
    ]),
  );
  const usual = all.find(({ value }) => value === last);
  const title = 'Which release do you want to go back to?';
  const chosen = await choose(context, {
    title,
    all,
    back: 'go back to the menu',
    ...(usual === undefined ? {} : { usual }),
  });
  if (chosen === undefined) return {};
  announce(context, `Planning the way back to ${spokenRelease(chosen.id)}`);
  const plan = (signal: AbortSignal) => session.planRollback({ to: chosen.id, signal });
  return { rollout: await runRollout(context, session, { plan, flags: FLAGS }) };
}
