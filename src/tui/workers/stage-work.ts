import { asSlipwayError } from '../../base/errors.ts';
import type { StageSession } from '../../rollout/session.ts';
import { createPromptQueue } from '../../ssh/prompts.ts';
import type { PromptQueue } from '../../ssh/prompts.ts';
import type { Action } from '../actions.ts';
import { problemOf } from '../state.ts';
import type { Store } from '../store.ts';
import type { Person, StageEntry, Surroundings } from './workers.ts';

/** Opens stages and reads their hosts. */
export function createStageWork({ store, stages, put }: Omit<Surroundings, 'session'>) {
  let session: StageSession | undefined;
  /** What hosts and keys of this stage ask for. */
  let questions: PromptQueue | undefined;
  /** Counts what was opened: an answer that comes after the reader went on is nobody's. */
  let opened = 0;

  const close = async () => {
    opened += 1;
    const closing = session;
    session = undefined;
    // a connection that waits for an answer would keep everything waiting
    questions?.close();
    // the way out must not depend on a connection that hangs or is gone
    await closing?.close().catch(() => undefined);
  };

  const read = async (from: StageSession, turn: number) => {
    store.post({ type: 'fleetReading' });
    try {
      const fleet = await from.inspect();
      if (turn === opened) store.post({ type: 'fleetRead', fleet });
    } catch (error) {
      if (turn === opened) store.post({ type: 'fleetFailed', problem: problemOf(asSlipwayError(error)) });
    }
  };

  const open = async (entry: StageEntry) => {
    void close();
    const turn = opened;
    try {
      questions = createPromptQueue(put);
      const found = await entry.open(personAt(store, questions));
      if (turn !== opened) return void found.close().catch(() => undefined);
      session = found;
      store.post({ type: 'sessionOpened', session: factsOf(found) });
      await read(found, turn);
    } catch (error) {
      if (turn === opened) store.post({ type: 'sessionFailed', problem: problemOf(asSlipwayError(error)) });
    }
  };

  const reread = () => {
    const entry = stages.find((one) => one.stage === store.get().stage);
    if (session) void read(session, opened);
    else if (entry) void open(entry);
  };

  return {
    session: () => session,
    close,
    hear: (action: Action) => {
      // whoever begins something anew may be asked again
      if (BEGINNINGS.has(action.type)) questions?.renew();
      if (action.type === 'openStage' || action.type === 'refresh') {
        if (action.type === 'openStage') void close();
        reread();
      }
      // what the hosts say now is what the rollout left behind
      if (action.type === 'rolloutEnded' && session) void read(session, opened);
    },
  };
}

const BEGINNINGS: ReadonlySet<Action['type']> = new Set(['refresh', 'plan', 'start', 'send']);

function personAt(store: Store, { ask }: PromptQueue): Person {
  return {
    ask,
    onHostKeyAdded: ({ host, fingerprint }) =>
      store.dispatch({ type: 'notify', text: `${host}: added its host key ${fingerprint}`, style: 'ok' }),
  };
}

function factsOf(session: StageSession) {
  const { app, stage, hosts, instances } = session;
  return { app, stage, protected: session.protected, hosts, instances };
}
