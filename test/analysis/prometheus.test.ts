import { expect, test } from 'vitest';
import { parseMetrics } from '../../src/analysis/prometheus.ts';

const plain = (text: string) =>
  parseMetrics(text).map(({ name, labels, value }) => [name, Object.fromEntries(labels), value]);

test.each<[string, unknown[]]>([
  ['up 1', ['up', {}, 1]],
  [
    'http_requests_total{method="post",code="200"} 1027 1395066363000',
    ['http_requests_total', { method: 'post', code: '200' }, 1027],
  ],
  ['a:b_total{le="+Inf",} 3e8', ['a:b_total', { le: '+Inf' }, 3e8]],
  [String.raw`m{path="C:\\DIR\\F \"x\"\n,{}"} 1.5`, ['m', { path: 'C:\\DIR\\F "x"\n,{}' }, 1.5]],
  ['{"my.metric",code="200"} 4', ['my.metric', { code: '200' }, 4]],
  ['{"my.metric"} 4', ['my.metric', {}, 4]],
  ['m{"a.label"="x"} 4', ['m', { 'a.label': 'x' }, 4]],
  ['g -Inf', ['g', {}, -Infinity]],
  ['g +Inf', ['g', {}, Infinity]],
  ['g NaN', ['g', {}, Number.NaN]],
])('%s is read', (line, wanted) => {
  expect(plain(`# HELP x y\n# TYPE x counter\n\n${line}\n`)).toEqual([wanted]);
});

test.each(['m{a="1" 2', 'm{a=1} 2', 'm{a="1"}', 'm', 'm x', '{code="200"} 4', '<html>', '1 2 3 4'])(
  'a line that is none (%s) hides no other',
  (line) => {
    expect(plain(`${line}\nup 1`)).toEqual([['up', {}, 1]]);
  },
);
