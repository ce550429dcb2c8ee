import { setTimeout as pause } from 'node:timers/promises';
import type { PlayedSession } from './session.ts';
import type { SimulatedClock } from './simulated-clock.ts';
import { type Play, playRollout } from './story.ts';

/** Bytes in use after garbage was collected, that many minutes after the rollout began. */
export interface MemorySample {
  readonly minute: number;
  readonly bytes: number;
}

const MINUTES = 30;
const LOOK_EVERY = 5;
/** Enough to fill what is kept of a log, by far, before the first look. */
const LINES_PER_SECOND = 500;
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

export interface HalfAnHour {
  readonly session: PlayedSession;
  readonly clock: SimulatedClock;
  /** The rollout, once somebody has started it. */
  readonly started: Promise<Omit<Play, 'probes'>>;
}

/** Plays thirty minutes of a busy rollout as fast as they are taken in. */
export async function halfAnHour({ session, clock, started }: HalfAnHour): Promise<readonly MemorySample[]> {
  const play = await whileTimePasses(clock, started);
  // ten batches
  void playRollout({ ...play, probes: (MINUTES * 60) / 10 });
  const samples: MemorySample[] = [];
  let fed = 0;
  for (let minute = 1; minute <= MINUTES; minute += 1) {
    for (let ms = 0; ms < MINUTE_MS; ms += SECOND_MS) {
      session.feed(fed, LINES_PER_SECOND);
      fed += LINES_PER_SECOND;
      await clock.jump(SECOND_MS);
    }
    if (minute % LOOK_EVERY === 0) samples.push({ minute, bytes: await inUse() });
  }
  return samples;
}

/** Somebody sits at the keyboard in real time. */
async function whileTimePasses<T>(clock: SimulatedClock, wanted: Promise<T>): Promise<T> {
  const later = Symbol('later');
  for (;;) {
    const first = await Promise.race([wanted, pause(10, later)]);
    if (first !== later) return first;
    await clock.jump(10);
  }
}

/** Buffers count: a ring of lines may well be made of them. */
async function inUse(): Promise<number> {
  if (!globalThis.gc) throw new Error('Garbage cannot be collected: node --expose-gc is missing.');
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc();
    await pause(20);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
