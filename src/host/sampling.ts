import { bucketsOf, countersOf } from '../analysis/counters.ts';
import { parseMetrics } from '../analysis/prometheus.ts';
import type { ProbeResult, Sample } from '../analysis/sample.ts';
import type { InstanceSettings } from '../config/settings.ts';
import type { MetricsSettings, Selector } from '../config/settings-analysis.ts';
import type { CallOptions } from './call.ts';
import { type Frame, number, text } from './frames.ts';
import { instanceVariables } from './instance-variables.ts';
import { isStatus, releaseName } from './reading.ts';
import { each, lines, type Request, type Variables } from './request.ts';
import type { SampleOptions } from './verbs.ts';

/** Between two probes of a canary. */
const LEAST_MS = 1000;
/** Lines of metrics that are read of one instance: the host adds up series, so that there are few. */
const MOST_METRICS = 5000;

export function sampleRequest({ rollout, instances, sampleEveryMs }: SampleOptions): Request {
  const often = Math.max(LEAST_MS, Math.min(...instances.map(({ health }) => health.intervalMs)));
  const pace =
    rollout === undefined
      ? { rollout: '', every: sampleEveryMs, first_after: 0 }
      : { rollout, every: often, first_after: sampleEveryMs };
  return {
    verb: 'sample',
    variables: { ...pace, sample_every: sampleEveryMs },
    functions: [
      each(
        'each_instance',
        instances.map((instance) => ({ ...instanceVariables(instance), ...metricsVariables(instance.metrics) })),
      ),
    ],
  };
}

export function sampleCall(options: SampleOptions, onSamples: (samples: readonly Sample[]) => void): CallOptions {
  const { instances, sampleEveryMs, signal } = options;
  const longest = instances.reduce((sum, { health }) => sum + health.timeoutMs, 0);
  return {
    stdin: 'alone',
    shell: 'new',
    signal,
    quietMs: 60_000 + sampleEveryMs + longest,
    onFrame: onSampleFrame(instances, onSamples),
  };
}

/** Which series the host has to tell of, and by which of their labels it may not add them up. */
function metricsVariables(metrics: MetricsSettings | undefined): Variables {
  if (metrics === undefined) return { metrics_url: '', metrics_wanted: '' };
  const { url, requests, failed, latency, work } = metrics;
  const told = [requests, failed, work, latency && withBound(bucketsOf(latency))].filter((one) => one !== undefined);
  const row = ({ name, labels }: Selector) => [name, ...labels.map(({ label }) => label)].join(' ');
  return { metrics_url: url, metrics_wanted: lines(told.map(row)) };
}

function withBound({ name, labels }: Selector): Selector {
  return { name, labels: [...labels, { label: 'le', pattern: '.*' }] };
}

/** The metrics of an instance come ahead of its sample; "sampled" ends a moment. */
function onSampleFrame(
  instances: readonly InstanceSettings[],
  onSamples: (samples: readonly Sample[]) => void,
): (frame: Frame) => void {
  let metrics: string[] = [];
  let samples: Sample[] = [];
  return (frame) => {
    if (frame.kind === 'metric' && metrics.length < MOST_METRICS) metrics.push(frame.fields[0] ?? '');
    if (frame.kind === 'sample') {
      const instance = instances.find(({ name }) => name === frame.fields[0]);
      if (instance && samples.length < instances.length) samples.push(readSample(instance, frame, metrics));
      metrics = [];
    }
    if (frame.kind !== 'sampled') return;
    const told = samples;
    samples = [];
    onSamples(told);
  };
}

/** The fields that 88-sample.sh sends, in its order. */
function readSample(instance: InstanceSettings, frame: Frame, metrics: readonly string[]): Sample {
  const [status, all, errors, cpu] = [text(frame, 2), number(frame, 8), number(frame, 9), number(frame, 12)];
  const isTold = instance.metrics !== undefined && text(frame, 13) === 'yes';
  return {
    instance: instance.id,
    t: number(frame, 1) ?? 0,
    service: {
      status: isStatus(status) ? status : 'unknown',
      start: text(frame, 3),
      detail: text(frame, 4),
      outOfMemory: text(frame, 5) === 'yes',
    },
    release: releaseName(frame, 6),
    probes: text(frame, 7).split(' ').filter(Boolean).map(readProbe),
    lines: all === undefined || errors === undefined ? undefined : { all, errors },
    memory: number(frame, 10),
    memoryLimit: number(frame, 11),
    cpuSeconds: cpu === undefined ? undefined : cpu / 1000,
    counters: isTold ? countersOf(parseMetrics(metrics.join('\n')), instance.metrics) : undefined,
  };
}

/** "yes:12": healthy after 12 ms. */
function readProbe(word: string): ProbeResult {
  const [healthy, latency = ''] = word.split(':');
  return { healthy: healthy === 'yes', latencyMs: /^\d+$/.test(latency) ? Number(latency) : undefined };
}
