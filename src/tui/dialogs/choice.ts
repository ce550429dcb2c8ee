import type { ChoiceDialog } from '../state.ts';

/** The answer that changes nothing is marked when a question comes up: Enter alone never does harm. */
const HARMLESS: Readonly<Record<ChoiceDialog['name'], string>> = {
  ask: 'no',
  quit: 'stay',
  unfinished: 'later',
  elsewhere: 'close',
};

/** A question with a few answers, as it comes up. */
export function choice(name: Exclude<ChoiceDialog['name'], 'ask'>, openedAt: number): ChoiceDialog {
  return { name, focus: HARMLESS[name], openedAt };
}

/** Asks about a danger. */
export function askAbout(intent: Extract<ChoiceDialog, { name: 'ask' }>['intent'], openedAt: number): ChoiceDialog {
  return { name: 'ask', intent, focus: HARMLESS.ask, openedAt };
}
