import { asSlipwayError } from '../../base/errors.ts';
import type { StageSession } from '../../rollout/session.ts';
import type { Action } from '../actions.ts';
import { isSameQuestion, type Question, questionOf } from '../screens/question.ts';
import { problemOf } from '../state.ts';
import type { Surroundings } from './workers.ts';

/** The cursor may be on its way: git is asked about the line on which it stays so long. */
const REST_MS = 150;

/** Finds out what can be deployed, and what the marked ref or release would change. */
export function createWizardWork({ store, session, clock }: Surroundings) {
  let reading: AbortController | undefined;
  let asking: { readonly question: Question; readonly ends: AbortController } | undefined;

  const stop = () => {
    reading?.abort();
    asking?.ends.abort();
    reading = asking = undefined;
  };

  const readRefs = async (open: StageSession) => {
    reading?.abort();
    const { signal } = (reading = new AbortController());
    try {
      const refs = await open.refs(signal);
      if (!signal.aborted) store.post({ type: 'refsRead', refs });
    } catch (thrown) {
      if (!signal.aborted) store.post({ type: 'refsFailed', problem: problemOf(asSlipwayError(thrown)) });
    }
  };

  const compare = async (open: StageSession, question: Question, signal: AbortSignal) => {
    const { from, to } = question;
    const unknown = (thrown: unknown) => ({ type: 'unknown' as const, reason: asSlipwayError(thrown).message });
    const isWanted = () => !signal.aborted;
    await clock.sleep(REST_MS, signal).catch(() => undefined);
    if (!isWanted()) return;
    const changes = await open.changesBetween(from, to, signal).catch(unknown);
    if (isWanted()) store.post({ type: 'changesRead', from, to, changes });
  };

  /** Only the newest question counts. */
  const ask = (open: StageSession | undefined) => {
    const question = questionOf(store.get());
    if (asking && isSameQuestion(question, asking.question)) return;
    asking?.ends.abort();
    asking = undefined;
    if (!open || !question || isSameQuestion(question, store.get().changes)) return;
    asking = { question, ends: new AbortController() };
    void compare(open, question, asking.ends.signal);
  };

  return {
    stop,
    hear: (action: Action) => {
      const open = session();
      if (action.type === 'openStage') stop();
      if (action.type === 'show' && action.screen === 'deploy' && open) void readRefs(open);
      ask(open);
    },
  };
}
