import { setTimeout as pause } from 'node:timers/promises';
import type { Program } from './program.ts';
import type { Screen } from './screen.ts';

/** What is known here of the screens, their words and keys: all of it, so that there is one place to mend when they change. */
export const KEYS = {
  deploy: 'd',
  accept: '\r',
  start: 'y',
  quit: 'q',
  up: 'k',
  down: 'j',
  logs: 'L',
  help: '?',
  back: '\u001b',
} as const;

/** Keys are no answer to a question that has just come up. */
const GUARD_MS = 500;
const PATIENCE_MS = 15_000;

const top = ({ lines }: Screen) => lines[0] ?? '';
const hasInstances = ({ lines }: Screen) => lines.some((line) => INSTANCE.test(line));

/** Played instances have numbers of their own. */
const INSTANCE = /\b(bot|web)\.\d+/;
const POINTER = /^.{0,3}[›❯▶▸>]/u;

/** The first frame that is whole: from the header to the footer. */
export function isWhole(screen: Screen): boolean {
  return screen.isAlternate && /slipway|greeter|bench/.test(top(screen)) && screen.lines.at(-1) !== '';
}

/** Cells at the beginning of a row that say what stands there; times come behind them. */
const NAMED = 24;

/** What stands under the cursor: an instance, or a step of the rollout. Glyphs are left out, since some of them turn. */
export function marked(screen: Screen): string | undefined {
  const line = screen.lines.find((one, row) => POINTER.test(one) || screen.isMarked(row, one.search(/\S/)));
  return line
    ?.slice(0, NAMED)
    .replaceAll(/[^\w@.#-]+/g, ' ')
    .trim();
}

export function isHelp(screen: Screen): boolean {
  return /\b(Keys|Help)\b/.test(top(screen));
}

/** The number of the newest line of a log on the screen. */
export function newestTick({ lines }: Screen): number | undefined {
  const numbers = lines.flatMap((line) =>
    [...line.matchAll(/\b(?:tick|order) (\d+)/g)].map(([, number]) => Number(number)),
  );
  return numbers.length === 0 ? undefined : Math.max(...numbers);
}

/** Waits for something that has to come. */
export async function see(program: Program, what: string, isSo: (screen: Screen) => boolean): Promise<void> {
  if ((await program.seen(isSo, PATIENCE_MS)) !== undefined) return;
  throw new Error(`The screen never showed ${what}:\n${program.text}`);
}

export async function seeFleet(program: Program): Promise<void> {
  await see(program, 'the fleet', (screen) => isWhole(screen) && hasInstances(screen));
}

/** From the start of the program into a rollout whose first instances are waited for. */
export async function startRollout(program: Program): Promise<void> {
  await seeFleet(program);
  program.press(KEYS.deploy);
  await see(program, 'the question for the ref', ({ lines }) => lines.some((line) => /\bref\b/i.test(line)));
  program.press(KEYS.accept);
  await see(program, 'the plan', (screen) => /\bPlan\b/.test(top(screen)));
  await pause(GUARD_MS);
  program.press(KEYS.start);
  await see(program, 'the rollout', (screen) => /\bRollout\b/.test(top(screen)) && hasInstances(screen));
}

/** From a rollout to the logs; false where there is no such screen. */
export async function openLogs(program: Program): Promise<boolean> {
  program.press(KEYS.logs);
  return (await program.seen((screen) => /\bLogs\b/.test(top(screen)), 2000)) !== undefined;
}
