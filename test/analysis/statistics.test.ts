import { describe, expect, test } from 'vitest';
import {
  binomialTail,
  fisher,
  mannWhitney,
  median,
  normalTail,
  quantile,
  slope,
} from '../../src/analysis/statistics.ts';

describe('the binomial tail', () => {
  test.each([
    { k: 3, n: 4, p: 0.5, tail: 0.3125 },
    { k: 0, n: 9, p: 0.1, tail: 1 },
    { k: 5, n: 4, p: 0.5, tail: 0 },
    { k: 50, n: 100, p: 0.5, tail: 0.5397946 },
  ])('of $k or more of $n at $p is $tail', ({ k, n, p, tail }) => {
    expect(binomialTail(k, n, p)).toBeCloseTo(tail, 6);
  });

  test.each([
    [1, 7],
    [2, 5],
    [4, 3],
  ])('beside %i silent baselines needs %i errors before chance is out of the question', (baselines, errors) => {
    const chance = (hits: number) => binomialTail(hits, hits, 1 / (1 + baselines));
    expect([chance(errors) < 0.01, chance(errors - 1) < 0.01]).toEqual([true, false]);
  });
});

test.each([
  [{ hits: 3, of: 4 }, { hits: 1, of: 4 }, 17 / 70],
  [{ hits: 0, of: 50 }, { hits: 9, of: 150 }, 1],
  [{ hits: 10, of: 50 }, { hits: 2, of: 150 }, 0.0000229],
  [{ hits: 0, of: 0 }, { hits: 0, of: 0 }, 1],
])('the exact test of Fisher on %o and %o gives %f', (first, second, p) => {
  expect(fisher(first, second)).toBeCloseTo(p, 5);
});

test.each([
  [0, 0.5],
  [1.96, 0.0249979],
  [-1.96, 0.9750021],
  [2.326, 0.0100089],
])('beyond %f lies a share of %f of the normal curve', (z, share) => {
  expect(normalTail(z)).toBeCloseTo(share, 5);
});

describe('the test of Mann and Whitney', () => {
  const count = (n: number, from: number) => Array.from({ length: n }, (_, index) => from + index);

  test('sees two groups that do not overlap, in one direction alone', () => {
    expect(mannWhitney(count(12, 100), count(36, 0))).toBeLessThan(1e-6);
    expect(mannWhitney(count(36, 0), count(12, 100))).toBeGreaterThan(0.999);
  });

  test('sees nothing where there is nothing: all the same, or nobody', () => {
    expect(mannWhitney([1, 1, 1, 1], [1, 1, 1, 1])).toBe(1);
    expect(mannWhitney([], [1])).toBe(1);
    expect(mannWhitney(count(20, 0), count(20, 0))).toBeCloseTo(0.505, 2);
  });
});

test('a slope is not moved by a single outlier', () => {
  const points = [0, 1, 2, 3, 4, 5, 6].map((x) => ({ x, y: x === 3 ? 1000 : 2 * x }));
  expect(slope(points)).toBe(2);
  expect(slope([{ x: 1, y: 1 }])).toBe(0);
});

test('quantiles lie between the values they fall between', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3]), quantile([10, 20], 0.95)]).toEqual([2, 2.5, 19.5]);
  expect(median([])).toBeNaN();
});
