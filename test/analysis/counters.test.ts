import { expect, test } from 'vitest';
import { countersOf } from '../../src/analysis/counters.ts';
import { parseMetrics } from '../../src/analysis/prometheus.ts';
import { parseSelector } from '../../src/config/selector.ts';
import type { Selector } from '../../src/config/settings-analysis.ts';

const select = (text: string) => parseSelector(text) as Selector;

const PAGE = parseMetrics(`r{method="GET",status="200"} 10
r{method="POST",status="500"} 2
r{method="POST",status="5000"} 4
r 1
d_bucket{le="+Inf",route="/a"} 5
d_bucket{le="0.5",route="/b"} 2
d_bucket{le="0.5",route="/a"} 1
jobs NaN`);

test('series that match are added up; a pattern has to match the whole label', () => {
  const metrics = {
    url: '',
    requests: select('r'),
    failed: select('r{status="5..|4.."}'),
    latency: select('d'),
    work: undefined,
  };
  expect(countersOf(PAGE, metrics)).toEqual({
    requests: 17,
    failedRequests: 2,
    work: undefined,
    latency: [
      { le: 0.5, count: 3 },
      { le: Infinity, count: 5 },
    ],
  });
});

test('a series that is not there yet counts as none, so that its first growth is seen', () => {
  const metrics = { url: '', requests: select('x'), failed: undefined, latency: undefined, work: select('jobs') };
  expect(countersOf(PAGE, metrics)).toEqual({ requests: 0, failedRequests: undefined, work: 0, latency: [] });
});
