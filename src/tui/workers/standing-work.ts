import { asSlipwayError, LockedError, SlipwayError } from '../../base/errors.ts';
import type { StageSession } from '../../rollout/session.ts';
import { heardText } from '../../rollout/wish-words.ts';
import type { WishedIntent } from '../../rollout/wishes.ts';
import type { Action } from '../actions.ts';
import { standingLock } from '../screens/fleet/select.ts';
import { isRunning, type StandingView } from '../state.ts';
import type { Surroundings } from './workers.ts';

/** Looks after a rollout that has the stage and was not started here: finds out what it is, and carries words to it. */
export function createStandingWork({ store, session }: Surroundings) {
  const notify = (text: string, style: 'ok' | 'warn') => store.dispatch({ type: 'notify', text, style });

  const trouble = (thrown: unknown) => {
    const { message, mend } = asSlipwayError(thrown);
    notify([message, mend].filter(Boolean).join(' '), 'warn');
  };

  const find = async (open: StageSession) => {
    try {
      const standing = await standingOf(open);
      if (session() === open) store.post({ type: 'standingFound', standing });
    } catch (thrown) {
      if (session() === open) trouble(thrown);
    }
  };

  /** What the hosts say afterwards is on the screen before the word on it, which would else be gone. */
  const change = async (open: StageSession, act: () => Promise<string>) => {
    const told = await act().then(
      (text) => () => notify(text, 'ok'),
      (thrown: unknown) => () => trouble(thrown),
    );
    if (session() !== open) return;
    store.dispatch({ type: 'refresh' });
    told();
  };

  const tell = async (open: StageSession, intent: WishedIntent) => {
    const { owner } = await open.ask(intent);
    return `${owner.who} has heard it: ${heardText(intent)}`;
  };

  const accept = async (open: StageSession) => {
    const { standing } = store.get();
    if (standing?.controller !== 'gone') return 'there is nothing to accept any more';
    const untold = await open.accept(standing.unfinished);
    const away = untold.length === 0 ? '' : `; ${untold.join(', ')} could not be told`;
    return `${open.stage} is free; every instance stays as it is${away}`;
  };

  return {
    hear: (action: Action) => {
      const open = session();
      if (!open) return;
      const state = store.get();
      if (action.type === 'fleetRead' && standingLock(state) && !isRunning(state)) void find(open);
      if (action.type === 'tell') void change(open, () => tell(open, action.intent));
      if (action.type === 'accept') void change(open, () => accept(open));
    },
  };
}

/** Undefined when it has ended meanwhile. */
async function standingOf(open: StageSession): Promise<StandingView | undefined> {
  try {
    return { controller: 'gone', unfinished: await open.unfinished() };
  } catch (thrown) {
    if (thrown instanceof LockedError) return { controller: 'alive' };
    if (thrown instanceof SlipwayError && thrown.code === 'SLIP_NO_ROLLOUT') return undefined;
    throw thrown;
  }
}
