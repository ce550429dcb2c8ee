import { describe, expect, test } from 'vitest';
import { ANALYSIS } from '../../src/config/analysis.ts';
import { parseSelector } from '../../src/config/selector.ts';
import { live } from './minimal.ts';

describe('a selector', () => {
  test.each([
    ['jobs_processed_total', { name: 'jobs_processed_total', labels: [] }],
    ['app:jobs{}', { name: 'app:jobs', labels: [] }],
    ['r{status="5.."}', { name: 'r', labels: [{ label: 'status', pattern: '5..' }] }],
    [
      'r { a = "x,y}" , b="it\'s \\"so\\"\\\\d", }',
      {
        name: 'r',
        labels: [
          { label: 'a', pattern: 'x,y}' },
          { label: 'b', pattern: 'it\'s "so"\\\\d' },
        ],
      },
    ],
  ])('%s is a name and patterns of its labels', (text, selector) => {
    expect(parseSelector(text)).toEqual(selector);
  });

  test.each(['', '{a="b"}', '5xx', 'r{a}', 'r{a=b}', 'r{a="b"', 'r{a="b" c="d"}', 'r{a="("}', 'r a'])(
    '%j is none',
    (text) => {
      expect(parseSelector(text)).toHaveProperty('problem');
    },
  );
});

test('what is not said of the analysis is as it was measured to be good', () => {
  expect(live().rollout.analysis).toEqual(ANALYSIS);
  expect(live().instances[0]!.metrics).toBeUndefined();
});

test('a stage overrides single thresholds, and keeps the others', () => {
  const above = { analysis: { warmup: '5s', latency: { ratio: 3, least: '1s' } } };
  const { analysis } = live({
    rollout: above,
    stages: { live: { rollout: { analysis: { latency: { ratio: 2 }, dryRun: ['cpu'] } } } },
  }).rollout;
  expect(analysis).toEqual({
    ...ANALYSIS,
    warmupMs: 5000,
    latency: { ...ANALYSIS.latency, ratio: 2, leastMs: 1000 },
    dryRun: ['cpu'],
  });
});

test('each instance is asked at its own port', () => {
  const metrics = { http: 'http://127.0.0.1:{port}/metrics', failed: 'r{status="5.."}' };
  const { instances } = live({
    roles: { bot: { port: 5001, metrics } },
    stages: { live: { hosts: [{ name: 'fra-1', address: 'fra-1', roles: { bot: 2 } }] } },
  });
  expect(instances.map((instance) => instance.metrics?.url)).toEqual([
    'http://127.0.0.1:5001/metrics',
    'http://127.0.0.1:5002/metrics',
  ]);
  expect(instances[0]!.metrics?.failed).toEqual({ name: 'r', labels: [{ label: 'status', pattern: '5..' }] });
});
