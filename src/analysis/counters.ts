import type { MetricsSettings, Selector } from '../config/settings-analysis.ts';
import type { Measure } from './prometheus.ts';
import type { Counters } from './sample.ts';

/**
 * What the metrics of an app come to. A counter with labels is not there before the first of its kind was counted, so what
 * is not told is none: it must not be forgotten once it is.
 */
export function countersOf(measures: readonly Measure[], metrics: MetricsSettings): Counters {
  const sum = (selector: Selector | undefined) =>
    selector && selected(measures, selector).reduce((total, { value }) => total + value, 0);
  return {
    requests: sum(metrics.requests),
    failedRequests: sum(metrics.failed),
    work: sum(metrics.work),
    latency: metrics.latency ? buckets(measures, metrics.latency) : [],
  };
}

/** The series of a histogram. */
export function bucketsOf({ name, labels }: Selector): Selector {
  return { name: `${name}_bucket`, labels };
}

function selected(measures: readonly Measure[], { name, labels }: Selector): readonly Measure[] {
  const wanted = labels.map(({ label, pattern }) => ({ label, pattern: new RegExp(`^(?:${pattern})$`) }));
  return measures.filter(
    (measure) =>
      measure.name === name &&
      Number.isFinite(measure.value) &&
      wanted.every(({ label, pattern }) => pattern.test(measure.labels.get(label) ?? '')),
  );
}

function buckets(measures: readonly Measure[], selector: Selector): Counters['latency'] {
  const counts = new Map<number, number>();
  for (const { labels, value } of selected(measures, bucketsOf(selector))) {
    const bound = labels.get('le') ?? '';
    const le = bound === '+Inf' ? Infinity : Number.parseFloat(bound);
    if (!Number.isNaN(le)) counts.set(le, (counts.get(le) ?? 0) + value);
  }
  return [...counts].map(([le, count]) => ({ le, count })).sort((a, b) => a.le - b.le);
}
