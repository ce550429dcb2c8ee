import { setTimeout as pause } from 'node:timers/promises';
import { isHelp, KEYS, marked, newestTick, openLogs, see, startRollout } from './landmarks.ts';
import type { Program } from './program.ts';
import type { Screen } from './screen.ts';
import { beginSpell, type Spell } from './spell.ts';

/** How long the screen took to show what a key does, again and again. */
export interface KeyFindings {
  readonly spell: Spell;
  readonly ms: readonly number[];
  /** Keys whose effect was not seen within a second. */
  readonly lost: number;
  /** Lines of the log that the screen has taken in meanwhile; undefined when none was to be seen. */
  readonly linesPerSecond: number | undefined;
}

export const LINES_PER_SECOND = 10_000;
const LOST_MS = 1000;
/** Between keys: no multiple of anything that the program does now and then. */
const LEAST_PAUSE_MS = 83;
const PAUSES_MS = 137;

/** Up and down the tree of a rollout, whose log rushes by below. */
export async function measureCursor(program: Program, count: number): Promise<KeyFindings> {
  await startRollout(program);
  await see(program, 'a log', (screen) => newestTick(screen) !== undefined);
  const random = randoms();
  let below = 0;
  return measure(program, count, async () => {
    await pause(LEAST_PAUSE_MS + random() * PAUSES_MS);
    // away from the ends of the list, where a key does nothing
    const isDown = below < 1 || (below < 8 && random() < 0.5);
    below += isDown ? 1 : -1;
    const before = marked(program.screen);
    return { key: isDown ? KEYS.down : KEYS.up, isShown: (screen) => (marked(screen) ?? before) !== before };
  });
}

/** Help, over the logs of all instances; undefined where there is no such screen. */
export async function measureHelp(program: Program, count: number): Promise<KeyFindings | undefined> {
  await startRollout(program);
  return (await openLogs(program)) ? measureHelpOverLogs(program, count) : undefined;
}

/** The same on a screen of logs that is open. */
export async function measureHelpOverLogs(program: Program, count: number): Promise<KeyFindings> {
  await see(program, 'the logs', (screen) => newestTick(screen) !== undefined);
  const random = randoms();
  return measure(program, count, async () => {
    if (isHelp(program.screen)) {
      program.press(KEYS.back);
      await see(program, 'the logs again', (screen) => !isHelp(screen));
    }
    await pause(LEAST_PAUSE_MS + random() * PAUSES_MS);
    return { key: KEYS.help, isShown: isHelp };
  });
}

/** What a key takes by itself on this machine just now: `cat` gives it back. */
export async function measureEcho(program: Program, count: number): Promise<KeyFindings> {
  await see(program, 'that it is ready', ({ lines }) => lines.includes(READY));
  const random = randoms();
  return measure(program, count, async () => {
    await pause(LEAST_PAUSE_MS + random() * PAUSES_MS);
    const before = program.screen.bytes;
    return { key: KEYS.down, isShown: ({ bytes }) => bytes > before };
  });
}

const READY = 'ready';
export const ECHO = ['sh', '-c', `stty raw -echo; echo ${READY}; exec cat`];

interface Press {
  readonly key: string;
  readonly isShown: (screen: Screen) => boolean;
}

async function measure(program: Program, count: number, next: () => Promise<Press>): Promise<KeyFindings> {
  const end = beginSpell(program);
  const first = newestLine(program.screen);
  let last = first;
  const ms: number[] = [];
  let lost = 0;
  while (ms.length + lost < count) {
    const { key, isShown } = await next();
    last = newestLine(program.screen) ?? last;
    const pressedAt = performance.now();
    program.press(key);
    const shownAt = await program.seen(isShown, LOST_MS);
    if (shownAt === undefined) lost += 1;
    else ms.push(shownAt - pressedAt);
  }
  const linesPerSecond = first && last && ((last.tick - first.tick) / (last.at - first.at)) * 1000;
  return { spell: end(), ms, lost, linesPerSecond };
}

function newestLine(screen: Screen): { readonly tick: number; readonly at: number } | undefined {
  const tick = newestTick(screen);
  return tick === undefined ? undefined : { tick, at: performance.now() };
}

/** The same numbers in every run: from 0 to 1. */
function randoms(): () => number {
  let state = 42;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}
