import { writeFileSync } from 'node:fs';
import { systemClock } from '../../../src/base/clock.ts';
import { startTui } from '../../../src/tui/index.ts';
import { NOW } from '../../../test/tui/support/fleet.ts';
import { halfAnHour } from './half-an-hour.ts';
import { type Play, playRollout } from './story.ts';
import { PlayedSession } from './session.ts';
import { SimulatedClock } from './simulated-clock.ts';

/**
 * `runner.js SCENE [REPORT]`: the full-screen program on a stage that is played, in a terminal. Scenes: how many lines a
 * second come in of every log that is followed; or "half-an-hour" of them, in a clock of its own, after which the memory
 * that was used is written to REPORT.
 */
const [scene = '', report = ''] = process.argv.slice(2);
const FEED_MS = 10;

if (scene === 'half-an-hour') {
  const clock = new SimulatedClock(NOW);
  const started = Promise.withResolvers<Omit<Play, 'probes'>>();
  const session = new PlayedSession(clock, (rollout) => started.resolve({ rollout, clock }));
  void show(session, clock);
  const samples = await halfAnHour({ session, clock, started: started.promise });
  writeFileSync(report, JSON.stringify(samples));
  process.exit();
} else {
  const session = new PlayedSession(systemClock, (rollout) => {
    void playRollout({ rollout, clock: systemClock, probes: 12 });
    feedForever(session, Number(scene));
  });
  process.exit(await show(session, systemClock));
}

/** Whether or not the program keeps up, the lines come. */
function feedForever(session: PlayedSession, linesPerSecond: number): void {
  const began = performance.now();
  let fed = 0;
  setInterval(() => {
    const due = Math.floor(((performance.now() - began) / 1000) * linesPerSecond);
    session.feed(fed, due - fed);
    fed = due;
  }, FEED_MS);
}

function show(session: PlayedSession, clock: typeof systemClock): Promise<number> {
  return startTui({ sessions: [session.entry()], streams: process, clock, env: process.env, signals: process });
}
