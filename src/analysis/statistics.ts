/** What small samples can say. Pure; every test is one-sided: is the first worse than the second? */

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Linear between the two nearest values; NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return low + (high - low) * (at - Math.floor(at));
}

/** ln n!, by adding up: counts here are in the thousands at most for small fleets, and known ones are kept. */
const factorials: number[] = [0];

function logFactorial(n: number): number {
  for (let next = factorials.length; next <= n; next += 1) factorials.push(factorials[next - 1]! + Math.log(next));
  return factorials[n]!;
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

/** P(X ≥ k) of n tries that each succeed with probability p. */
export function binomialTail(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (k > n) return 0;
  let tail = 0;
  for (let hits = k; hits <= n; hits += 1) {
    tail += Math.exp(logChoose(n, hits) + hits * Math.log(p) + (n - hits) * Math.log1p(-p));
  }
  return Math.min(1, tail);
}

export interface Share {
  readonly hits: number;
  readonly of: number;
}

/** Fisher's exact test: how likely the first has so many of all hits, or more, when nothing sets it apart. */
export function fisher(first: Share, second: Share): number {
  const hits = first.hits + second.hits;
  const all = first.of + second.of;
  const most = Math.min(hits, first.of);
  let tail = 0;
  for (let its = first.hits; its <= most; its += 1) {
    if (hits - its > second.of) continue;
    tail += Math.exp(logChoose(first.of, its) + logChoose(second.of, hits - its) - logChoose(all, hits));
  }
  return Math.min(1, tail);
}

/**
 * Mann and Whitney's test that the first values tend to be larger, by the normal approximation with ties and continuity
 * taken into account: good from eight values a side on.
 */
export function mannWhitney(first: readonly number[], second: readonly number[]): number {
  const [n, m] = [first.length, second.length];
  if (n === 0 || m === 0) return 1;
  const ranked = [
    ...first.map((value) => ({ value, isFirst: true })),
    ...second.map((value) => ({ value, isFirst: false })),
  ];
  ranked.sort((a, b) => a.value - b.value);
  let [rankSum, ties] = [0, 0];
  for (let from = 0; from < ranked.length;) {
    let to = from;
    while (to < ranked.length && ranked[to]!.value === ranked[from]!.value) to += 1;
    const [rank, count] = [(from + to + 1) / 2, to - from];
    rankSum += rank * ranked.slice(from, to).filter(({ isFirst }) => isFirst).length;
    ties += count ** 3 - count;
    from = to;
  }
  const u = rankSum - (n * (n + 1)) / 2;
  const all = n + m;
  const variance = ((n * m) / 12) * (all + 1 - ties / (all * (all - 1)));
  if (variance <= 0) return 1;
  return normalTail((u - (n * m) / 2 - 0.5) / Math.sqrt(variance));
}

/** P(Z ≥ z), to seven digits (Abramowitz and Stegun 7.1.26 on erfc). */
export function normalTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = (poly * Math.exp(-x * x)) / 2;
  return z >= 0 ? tail : 1 - tail;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Theil and Sen's slope: the median of the slopes between all pairs, which single outliers do not move. */
export function slope(points: readonly Point[]): number {
  const slopes = points.flatMap((a, index) =>
    points.slice(index + 1).flatMap((b) => (b.x === a.x ? [] : [(b.y - a.y) / (b.x - a.x)])),
  );
  return slopes.length === 0 ? 0 : median(slopes);
}
