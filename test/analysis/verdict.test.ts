import { describe, expect, test } from 'vitest';
import type { Comparison } from '../../src/analysis/finding.ts';
import type { Sample } from '../../src/analysis/sample.ts';
import { ANALYSIS } from '../../src/config/analysis.ts';
import { findingOf, judge, type Look } from '../../src/analysis/verdict.ts';
import { BEGAN, compare, HEALTHY, NEW } from './support/samples.ts';

const last = {
  planned: { release: NEW },
  settings: ANALYSIS,
  began: BEGAN,
  turn: 'last',
  missed: 0,
  against: 'others',
} as const;

/** The last look at a comparison, which may have been the same at the look before. */
function lastLook(comparison: Comparison, before: 'none' | 'the same' = 'the same'): Look {
  const first = judge({ ...last, comparison, before: undefined, turn: 'between' });
  return judge({ ...last, comparison, before: before === 'none' ? undefined : first });
}

/** The canary's samples from the third minute on, or another moment, are changed. */
function changed(
  comparison: Comparison,
  change: (sample: Sample, index: number) => Partial<Sample>,
  from = 18,
): Comparison {
  const canaries = comparison.canaries.map(({ instance, samples }) => ({
    instance,
    samples: samples.map((sample, index) => (index < from ? sample : { ...sample, ...change(sample, index - from) })),
  }));
  return { ...comparison, canaries };
}

const healthy = compare(HEALTHY, { seed: 7 });

test('a release like the one before is good', () => {
  expect(lastLook(healthy)).toMatchObject({ verdict: 'Successful' });
});

describe('without any comparison a release is bad that', () => {
  const service = { status: 'running', start: 's1', detail: '', outOfMemory: false } as const;
  test.each<[string, (sample: Sample, index: number) => Partial<Sample>, string]>([
    [
      'fails',
      () => ({ service: { ...service, status: 'failed', detail: 'exit status 1' } }),
      'is failed: exit status 1',
    ],
    ['runs as another release', () => ({ release: '20260101T000000Z-0000000' }), 'runs 20260101T000000Z-0000000'],
    ['runs out of memory', () => ({ service: { ...service, outOfMemory: true } }), 'want of memory'],
    ['is near its limit', () => ({ memory: 500e6 }), 'over 90 % of the memory'],
    [
      'stops to answer',
      (_, index) => ({ probes: [{ healthy: index > 2, latencyMs: undefined }] }),
      '3 probes in a row',
    ],
    [
      'is started anew twice',
      (_, index) => ({ service: { ...service, start: `s${index > 9 ? 3 : 2}` } }),
      'started anew 2 times',
    ],
  ])('%s, at the next look', (_what, change, why) => {
    const comparison = changed(healthy, change);
    const look = judge({ ...last, comparison, before: undefined, turn: 'between' });
    expect(look.verdict).toBe('Failed');
    expect(look.reason).toContain(why);
  });
});

test('one start anew asks a person, unless others were started anew, too', () => {
  const again = ({ service }: Sample) => ({ service: { ...service, start: 's2' } });
  expect(lastLook(changed(healthy, again))).toMatchObject({ verdict: 'Inconclusive' });
  const [first, ...rest] = healthy.baselines;
  const { canaries } = changed({ ...healthy, canaries: [first!] }, again);
  expect(lastLook({ ...changed(healthy, again), baselines: [...canaries, ...rest] }).verdict).toBe('Successful');
});

test('a difference counts once it was seen at two looks in a row', () => {
  const worse = compare({ ...HEALTHY, latency: 200 }, { seed: 3 });
  expect(lastLook(worse, 'none')).toMatchObject({
    verdict: 'Inconclusive',
    reason: expect.stringContaining('at one look so far') as string,
  });
  expect(lastLook(worse)).toMatchObject({ verdict: 'Failed' });
});

test('slow health checks alone ask a person: users wait for other things', () => {
  const slow = changed(healthy, ({ probes }) => ({ probes: probes.map((probe) => ({ ...probe, latencyMs: 500 })) }));
  expect(lastLook(slow)).toMatchObject({
    verdict: 'Inconclusive',
    reason: expect.stringContaining('healthLatency') as string,
  });
});

test('a leak asks a person: ten minutes prove none', () => {
  expect(lastLook(compare({ ...HEALTHY, leak: 1e6 }, { seed: 7 }))).toMatchObject({
    verdict: 'Inconclusive',
    reason: expect.stringContaining('memory') as string,
  });
});

test('work that falls by more than four fifths is bad', () => {
  const idle = changed(
    healthy,
    ({ counters }) => ({ counters: { ...counters!, work: 7 }, lines: { all: 3, errors: 0 } }),
    0,
  );
  expect(lastLook(idle)).toMatchObject({ verdict: 'Failed', reason: expect.stringContaining('work') as string });
});

describe('what is not known is no pass:', () => {
  test('logs that cannot be read, and nothing that the app counts', () => {
    const blind = (comparison: Comparison): Comparison => ({
      canaries: comparison.canaries.map((track) => ({ ...track, samples: track.samples.map(unknown) })),
      baselines: comparison.baselines.map((track) => ({ ...track, samples: track.samples.map(unknown) })),
    });
    const unknown = (sample: Sample): Sample => ({ ...sample, lines: undefined, counters: undefined });
    expect(lastLook(blind(healthy))).toMatchObject({
      verdict: 'Inconclusive',
      reason: expect.stringContaining('not enough data') as string,
    });
  });

  test('no baseline', () => {
    expect(lastLook({ ...healthy, baselines: [] })).toMatchObject({
      verdict: 'Inconclusive',
      reason: 'no baseline: weak evidence',
    });
  });

  test('samples that could not be taken five times in a row', () => {
    const look = judge({ ...last, comparison: healthy, before: undefined, turn: 'between', missed: 5 });
    expect(look).toMatchObject({ verdict: 'Error', reason: 'it could not be measured 5 times in a row' });
  });
});

test('a metric on trial is told, and has no say', () => {
  const worse = compare({ ...HEALTHY, latency: 200 }, { seed: 3 });
  const settings = { ...ANALYSIS, dryRun: ['latency' as const] };
  const first = judge({ ...last, settings, comparison: worse, before: undefined, turn: 'between' });
  const look = judge({ ...last, settings, comparison: worse, before: first });
  expect(look.verdict).toBe('Successful');
  expect(findingOf(look, 'latency')).toMatchObject({ outcome: 'fail' });
});

test('every finding says what was compared, with how much, and what it would take', () => {
  for (const finding of lastLook(healthy).findings) {
    expect(finding.threshold, finding.metric).not.toBe('');
    expect(finding.why, finding.metric).not.toBe('');
    expect(`${finding.canary}${finding.baseline}`, finding.metric).not.toMatch(/NaN|undefined/);
  }
});
