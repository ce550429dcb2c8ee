import { promptWords } from '../../ssh/prompt-words.ts';
import type { AskPerson } from '../../ssh/prompts.ts';
import type { Action } from '../actions.ts';
import type { Surroundings } from './workers.ts';

/** Puts questions of connections on the screen, and carries the answers back. */
export function createPromptWork({ store }: Pick<Surroundings, 'store'>) {
  let waiting: ((answer: string | undefined) => void) | undefined;

  const put: AskPerson = (prompt, signal) =>
    new Promise((resolve) => {
      const settle = (answer: string | undefined) => {
        signal?.removeEventListener('abort', takeBack);
        waiting = undefined;
        resolve(answer);
      };
      const takeBack = () => {
        store.post({ type: 'unasked' });
        settle(undefined);
      };
      waiting = settle;
      signal?.addEventListener('abort', takeBack, { once: true });
      store.post({ type: 'asked', words: promptWords(prompt) });
    });

  return {
    /** One at a time: a queue stands before it. */
    put,
    hear: (action: Action) => {
      if (action.type === 'answer') waiting?.(action.answer?.reveal());
    },
  };
}
