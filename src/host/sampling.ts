import { bucketsOf, countersOf } from '../analysis/counters.ts';
import { parseMetrics } from '../analysis/prometheus.ts';
import type { DiskUse, ProbeResult, Sample } from '../analysis/sample.ts';
import type { InstanceSettings } from '../config/settings.ts';
import type { MetricsSettings, Selector } from '../config/settings-analysis.ts';
import type { CallOptions } from './call.ts';
import { type Frame, number, text } from './frames.ts';
import { instanceVariables } from './instance-variables.ts';
import { isStatus, releaseName } from './reading.ts';
import { each, lines, type Request, type Variables } from './request.ts';
import { samplingScript } from './script.ts';
import type { OnSamples, SampleOptions } from './verbs.ts';

/** Between two probes of a canary. */
const LEAST_MS = 1000;
/** Lines of metrics that are read of one instance: the host adds up series, so that there are few. */
const MOST_METRICS = 5000;

export function sampleRequest({ rollout, instances, sampleEveryMs }: SampleOptions): Request {
  const eachInstance = each(
    'each_instance',
    instances.map((instance) => ({ ...instanceVariables(instance), ...metricsVariables(instance.metrics) })),
  );
  const functions = [samplingScript(), eachInstance];
  if (rollout === undefined) {
    return { verb: 'watch', variables: { every: sampleEveryMs }, functions };
  }
  const often = Math.max(LEAST_MS, Math.min(...instances.map(({ health }) => health.intervalMs)));
  return {
    verb: 'sample',
    variables: { rollout, every: often, sample_every: sampleEveryMs },
    functions,
  };
}

export function sampleCall(options: SampleOptions, onSamples: OnSamples): CallOptions {
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

/** The metrics of an instance come ahead of its sample, with its name where they come for all at once; "sampled" ends a moment. */
function onSampleFrame(instances: readonly InstanceSettings[], onSamples: OnSamples): (frame: Frame) => void {
  let metrics: { readonly line: string; readonly of: string | undefined }[] = [];
  let samples: Sample[] = [];
  return (frame) => {
    const [name = ''] = frame.fields;
    if (frame.kind === 'metric' && metrics.length < MOST_METRICS) metrics.push({ line: name, of: frame.fields[1] });
    if (frame.kind === 'sample') {
      const instance = instances.find((one) => one.name === name);
      const own = metrics.filter(({ of }) => of === undefined || of === name).map(({ line }) => line);
      if (instance && samples.length < instances.length) samples.push(readSample(instance, frame, own));
      metrics = metrics.filter(({ of }) => of !== undefined && of !== name);
    }
    if (frame.kind !== 'sampled') return;
    const told = samples;
    samples = [];
    metrics = [];
    onSamples(told, readDisk(frame));
  };
}

/** "USED FREE" of space in KiB, and of inodes. */
function readDisk(frame: Frame): DiskUse | undefined {
  const [used, free] = pair(frame, 0) ?? [];
  if (used === undefined || free === undefined) return undefined;
  const [nodesUsed, nodesFree] = pair(frame, 1) ?? [];
  const inodes = nodesUsed === undefined || nodesFree === undefined ? undefined : { used: nodesUsed, free: nodesFree };
  return { usedBytes: used * 1024, freeBytes: free * 1024, inodes };
}

function pair(frame: Frame, index: number): readonly [number, number] | undefined {
  const [, one, other] = /^(\d{1,15}) (\d{1,15})$/.exec(frame.fields[index] ?? '') ?? [];
  return one === undefined || other === undefined ? undefined : [Number(one), Number(other)];
}

/** The fields that sample.sh and watch.sh send, in their order; what runs is told of a canary alone, restarts to a person. */
function readSample(instance: InstanceSettings, frame: Frame, metrics: readonly string[]): Sample {
  const [status, all, errors, cpu] = [text(frame, 2), number(frame, 8), number(frame, 9), number(frame, 12)];
  const restarts = number(frame, 14);
  const isTold = instance.metrics !== undefined && text(frame, 13) === 'yes';
  return {
    instance: instance.id,
    t: number(frame, 1) ?? 0,
    service: {
      status: isStatus(status) ? status : 'unknown',
      start: text(frame, 3),
      detail: text(frame, 4),
      outOfMemory: text(frame, 5) === 'yes',
      ...(restarts === undefined ? {} : { restarts }),
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
