import { type Comparison, type Finding, type Outcome, samplesOf, sum, type Track } from './finding.ts';
import type { Sample } from './sample.ts';

/** What needs no comparison: a release that crashes is bad, whatever the others do. */
export interface Planned {
  /** The release that canaries have to run. */
  readonly release: string;
}

const PROBES_IN_A_ROW = 3;
const LEAST_PROBES = 60;
const [FAILED_SHARE, BASELINE_SHARE] = [0.05, 0.01];
const MEMORY_SHARE = 0.9;

/** Everything of the process itself: failed, another release, out of memory, health lost. */
export function judgeHealth(comparison: Comparison, planned: Planned): Finding {
  const { canaries, baselines } = comparison;
  const complaints = canaries.flatMap((track) => complaintsOf(track, planned));
  const [canary, baseline] = [failedShare(canaries), failedShare(baselines)];
  if (canary.of >= LEAST_PROBES && canary.share > FAILED_SHARE && baseline.share <= BASELINE_SHARE)
    complaints.push(`${percent(canary.share)} of its probes failed, of the others' ${percent(baseline.share)}`);
  const seen = samplesOf(canaries).length;
  return {
    ...{ metric: 'health', weight: 'gate', outcome: seen === 0 ? 'noData' : complaints.length > 0 ? 'fail' : 'pass' },
    ...{ canary: `${percent(canary.share)} failed`, baseline: `${percent(baseline.share)} failed` },
    ...{ n: [canary.of, baseline.of], threshold: `failed, ${PROBES_IN_A_ROW} probes in a row, or over 5 %` },
    why: complaints.length > 0 ? complaints.join('; ') : seen === 0 ? 'it was not seen' : 'it runs and answers',
  };
}

/** One start anew may be chance; a second is not. */
export function judgeRestarts({ canaries, baselines }: Comparison): Finding {
  const [canary, baseline] = [canaries.map(restarts), baselines.map(restarts)];
  const most = Math.max(0, ...canary);
  const outcome: Outcome = most >= 2 ? 'fail' : most === 1 && sum(baseline) === 0 ? 'doubtful' : 'pass';
  return {
    ...{ metric: 'restarts', weight: 'gate', outcome: samplesOf(canaries).length === 0 ? 'noData' : outcome },
    ...{ canary: String(sum(canary)), baseline: String(sum(baseline)), n: [canary.length, baseline.length] },
    threshold: '2 of one instance',
    why: most === 0 ? 'none was started anew' : `one was started anew ${most === 1 ? 'once' : `${most} times`}`,
  };
}

/** How often it was started anew. */
export function restarts({ samples }: Track): number {
  const starts = samples.map(({ service }) => service.start).filter((start) => start !== '');
  return starts.slice(1).filter((start, index) => start !== starts[index]).length;
}

function complaintsOf({ instance, samples }: Track, { release }: Planned): string[] {
  const last = samples.at(-1);
  if (last === undefined) return [];
  const complaints: string[] = [];
  if (last.service.status === 'failed' || last.service.status === 'stopped')
    complaints.push(`${instance} is ${last.service.status}: ${last.service.detail}`);
  const other = samples.find((sample) => sample.release !== undefined && sample.release !== release);
  if (other) complaints.push(`${instance} runs ${other.release ?? ''}, not ${release}`);
  if (samples.some(({ service }) => service.outOfMemory)) complaints.push(`${instance} was killed for want of memory`);
  if (isNearLimit(last)) complaints.push(`${instance} uses over 90 % of the memory it may have`);
  if (lostHealth(samples)) complaints.push(`${instance} failed ${PROBES_IN_A_ROW} probes in a row`);
  return complaints;
}

function isNearLimit({ memory, memoryLimit }: Sample): boolean {
  return memory !== undefined && memoryLimit !== undefined && memory > MEMORY_SHARE * memoryLimit;
}

/** Counted from the first healthy answer on: until then the health wait decides. */
function lostHealth(samples: readonly Sample[]): boolean {
  let [wasHealthy, inARow] = [false, 0];
  for (const { healthy } of samples.flatMap(({ probes }) => probes)) {
    wasHealthy ||= healthy;
    inARow = healthy ? 0 : inARow + 1;
    if (wasHealthy && inARow >= PROBES_IN_A_ROW) return true;
  }
  return false;
}

function failedShare(tracks: readonly Track[]): { readonly share: number; readonly of: number } {
  const probes = samplesOf(tracks).flatMap((sample) => sample.probes);
  const failed = probes.filter(({ healthy }) => !healthy).length;
  return { share: probes.length === 0 ? 0 : failed / probes.length, of: probes.length };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}
