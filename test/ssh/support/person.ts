import type { AskPerson, Prompt } from '../../../src/ssh/prompts.ts';

/** Somebody who answers from a list, and remembers what was asked. An answer may be a function of the prompt. */
export function person(...answers: readonly Answer[]) {
  const asked: Prompt[] = [];
  const left = [...answers];
  const ask: AskPerson = async (prompt, signal) => {
    asked.push(prompt);
    const answer = left.length > 1 ? left.shift() : left[0];
    return typeof answer === 'function' ? answer(prompt, signal) : answer;
  };
  return { ask, asked, types: () => asked.map(({ type }) => type) };
}

type Answer = string | undefined | AskPerson;

/** Somebody who never answers: settles when the question is taken back. */
export const nobodyAnswers: AskPerson = (_prompt, signal) =>
  new Promise((resolve) => signal?.addEventListener('abort', () => resolve(undefined), { once: true }));
