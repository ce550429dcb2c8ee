// @ts-check
import { leave, log } from './log.js';
import { counters } from './metrics.js';

const people = ['Ada', 'Alan', 'Barbara', 'Dennis', 'Edsger', 'Grace', 'Katherine', 'Linus', 'Margaret', 'Radia'];

/** Leaked memory comes in slices this far apart. */
const leakEveryMs = 100;

/**
 * Starts what the bot does by itself: it greets, and whatever else its switches ask for.
 * @param {import('./switches.js').Switches} switches
 * @returns {() => void} stops it all
 */
export function startWork(switches) {
  const timers = [
    every(switches.greetEveryMs, greet),
    every(60_000 / switches.errorsPerMinute, complain),
    every(switches.leakMbPerMinute === 0 ? 0 : leakEveryMs, leakOf(switches.leakMbPerMinute)),
    every(switches.crashAfterMs, crash),
  ];
  return () => timers.forEach((timer) => clearInterval(timer));
}

/** Ends the process as an unforeseen fault would: a last line and status 1. */
export function crash() {
  log.fatal({ err: new Error('told to crash') }, 'crashed');
  leave(1);
}

/**
 * Every 0 ms means never. So does what is longer than a timer can wait: it would fire at once.
 * @param {number} ms
 * @param {() => void} act
 */
function every(ms, act) {
  return ms === 0 || ms >= 2 ** 31 ? undefined : setInterval(act, ms);
}

function greet() {
  const to = people[counters.greetings % people.length];
  counters.greetings += 1;
  log.info({ to, greetings: counters.greetings }, `Hello, ${to}!`);
}

function complain() {
  counters.errors += 1;
  log.error({ err: new Error('nobody answered the greeting') }, 'greeting failed');
}

/** @param {number} mbPerMinute @returns {() => void} */
function leakOf(mbPerMinute) {
  /** @type {Buffer[]} */
  const leaked = [];
  const bytes = Math.round((mbPerMinute * 2 ** 20 * leakEveryMs) / 60_000);
  // Filled, because pages that were never written to are not resident.
  return () => void leaked.push(Buffer.alloc(bytes, 1));
}
