import { ask } from '../ask.ts';
import { announce, type CliContext, say } from '../context.ts';
import { quoted, sentence } from '../report/speech.ts';

export interface Choice<T> {
  /** What is typed for it. */
  readonly key: string;
  readonly says: string;
  readonly value: T;
}

export interface Choices<T> {
  readonly title: string;
  readonly all: readonly Choice<T>[];
  /** What 0 does: "Quit". */
  readonly back: string;
  /** What Enter alone chooses; nothing, when left out. */
  readonly usual?: Choice<T>;
}

/** Things to choose from, numbered from 1. */
export function numbered<T>(all: readonly (readonly [says: string, value: T])[]): readonly Choice<T>[] {
  return all.map(([says, value], index) => ({ key: String(index + 1), says, value }));
}

/** One of them. Undefined for 0, for q, and at the end of the input. Whatever else is typed is answered with what there is. */
export async function choose<T>(context: CliContext, choices: Choices<T>): Promise<T | undefined> {
  tellChoices(context, choices);
  return chooseAgain(context, choices);
}

/** The same without saying all of it first: m does. */
export async function chooseAgain<T>(context: CliContext, choices: Choices<T>): Promise<T | undefined> {
  const { all, usual } = choices;
  for (;;) {
    const answer = await ask(context, questionOf(choices));
    if (answer === undefined || ['0', 'q', 'quit'].includes(answer.toLowerCase())) return undefined;
    const chosen = answer === '' ? usual : all.find(({ key }) => key === answer);
    if (chosen) return chosen.value;
    if (answer !== '' && answer.toLowerCase() !== 'm') announce(context, `${quoted(answer)} is none of the choices`);
    tellChoices(context, choices);
  }
}

function tellChoices<T>(context: CliContext, { title, all, back }: Choices<T>): void {
  [title, ...all.map(({ key, says }) => `${key}: ${says}`), `0: ${back}`].forEach((line) =>
    say(context, sentence(line)),
  );
}

function questionOf<T>({ all, usual }: Choices<T>) {
  const enter = usual === undefined ? '' : `, or press Enter for ${usual.key}`;
  const spoken = `Type a number from 0 to ${all.at(-1)?.key ?? '0'}${enter}; m says the choices again.`;
  return { text: `${spoken} `, spoken };
}
