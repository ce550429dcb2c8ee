import { expect, test } from 'vitest';
import { compare, HEALTHY, type Nature, watch } from './support/samples.ts';

const RUNS = 200;

/** How many of so many simulated rollouts end so. */
function share(nature: Nature, verdict: string, baselines = 3): number {
  const verdicts = Array.from(
    { length: RUNS },
    (_, seed) => watch(compare(nature, { baselines, seed: seed + 1 })).verdict,
  );
  return verdicts.filter((one) => one === verdict).length / RUNS;
}

test('a healthy release is called bad at most once in twenty times, however many baselines there are', () => {
  for (const baselines of [1, 3, 9])
    expect(share(HEALTHY, 'Failed', baselines), `${baselines}`).toBeLessThanOrEqual(0.05);
});

test('a healthy release mostly goes on', () => {
  expect(share(HEALTHY, 'Successful')).toBeGreaterThanOrEqual(0.8);
});

test('five times the errors beside three baselines are seen nine times of ten', () => {
  expect(share({ ...HEALTHY, incidents: 5 * HEALTHY.incidents }, 'Failed')).toBeGreaterThanOrEqual(0.9);
});

test('requests that take twice as long are seen nine times of ten', () => {
  expect(share({ ...HEALTHY, latency: 2 * HEALTHY.latency }, 'Failed')).toBeGreaterThanOrEqual(0.9);
});

test('a canary that gets no traffic is never called good, nor bad', () => {
  const idle = { ...HEALTHY, requests: 0, incidents: 0 };
  expect(share(idle, 'Inconclusive')).toBe(1);
});
