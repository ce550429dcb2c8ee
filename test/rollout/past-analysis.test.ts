import { describe, expect, test } from 'vitest';
import { worst } from '../../src/analysis/watch.ts';
import { ANALYSIS } from '../../src/config/analysis.ts';
import { judgeAgain, type PastAnalysis, readAnalyses } from '../../src/rollout/past-analysis.ts';
import { HEALTHY, type Nature } from '../analysis/support/samples.ts';
import { canaryPlan, play } from './support/canary.ts';
import { fakeStage } from './support/fake-stage.ts';

/** The journal of a rollout that watched a canary, as its hosts keep it. */
async function journalOf(nature: Nature): Promise<readonly string[]> {
  await using stage = await fakeStage({ clock: 'exact' });
  const { release } = await stage.deploy('one');
  play(stage, { nature, seed: 1, old: [release] });
  const { events } = await stage.deploy('two', { change: canaryPlan() });
  return await stage.host('h3').events(events[0]!.rollout);
}

const only = (lines: readonly string[]): PastAnalysis => {
  const analyses = readAnalyses(lines);
  expect(analyses).toHaveLength(1);
  return analyses[0]!;
};

describe('the analysis of a past rollout', () => {
  test.each([
    ['errors', { ...HEALTHY, incidents: 5 * HEALTHY.incidents }, 'Failed'],
    ['slow requests', { ...HEALTHY, latency: 2.2 * HEALTHY.latency }, 'Failed'],
    ['nothing unusual', HEALTHY, 'Successful'],
    ['a leak', { ...HEALTHY, leak: 1e6 }, 'Inconclusive'],
  ])('comes to the same when it is judged again: %s', async (_what, nature, verdict) => {
    const past = only(await journalOf(nature));
    const again = judgeAgain(past, ANALYSIS);
    expect(worst(again).look.verdict).toBe(verdict);
    // through JSON, as the ones of then came
    expect(JSON.parse(JSON.stringify(again))).toEqual(JSON.parse(JSON.stringify(past.then)));
  });

  test('comes to something else by other thresholds', async () => {
    const slow = only(await journalOf({ ...HEALTHY, latency: 2.2 * HEALTHY.latency }));
    const patient = judgeAgain(slow, { ...ANALYSIS, latency: { ...ANALYSIS.latency, ratio: 10 } });
    // it had ended early, and too little is known of what would have come
    expect(worst(patient).look.verdict).not.toBe('Failed');
    const deaf = judgeAgain(slow, { ...ANALYSIS, dryRun: ['latency'] });
    expect(worst(deaf).look.findings.find(({ metric }) => metric === 'latency')?.outcome).toBe('fail');
    expect(worst(deaf).look.verdict).not.toBe('Failed');
    const fine = only(await journalOf(HEALTHY));
    const strict = judgeAgain(fine, { ...ANALYSIS, work: { least: 1, failedDrop: 0, doubtfulDrop: 0 } });
    expect(worst(strict).look).toMatchObject({ verdict: 'Failed', reason: expect.stringContaining('work') as string });
  });

  test('is read once, however many hosts tell it, in whatever order, and through what others have written there', async () => {
    const lines = await journalOf(HEALTHY);
    const past = only(lines);
    const noise = ['', 'nonsense', '{"type":"analysis.sample"}', '{"type":"analysis.started","seq":-1,"roles":[]}'];
    expect(only([...noise, ...lines.toReversed(), ...lines])).toEqual(past);
    expect(past.told.length).toBe(3 * 60);
    expect(past.told[0]!.samples[0]!.counters!.latency.at(-1)!.le).toBe(Infinity);
  });

  test('is none where nothing was watched', async () => {
    await using stage = await fakeStage();
    const { events } = await stage.deploy('one');
    expect(readAnalyses(await stage.host('h1').events(events[0]!.rollout))).toEqual([]);
  });
});
