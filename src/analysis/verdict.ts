import { judgeErrorLines, judgeRequestErrors } from './errors.ts';
import { type Comparison, type Finding, type Outcome, samplesOf } from './finding.ts';
import { judgeHealth, judgeRestarts, type Planned, restarts } from './gates.ts';
import { judgeHealthLatency, judgeLatency } from './latency.ts';
import { judgeCpu, judgeMemory } from './load.ts';
import type { AnalysisSettings, Metric } from '../config/settings-analysis.ts';
import { judgeWork } from './work-rate.ts';

/** What a look comes to. `Running` while nothing is decided; the last look never is. */
export type Verdict = 'Running' | 'Successful' | 'Failed' | 'Inconclusive' | 'Error';

/** One look at a canary. */
export interface Look {
  readonly verdict: Verdict;
  /** One sentence. */
  readonly reason: string;
  readonly findings: readonly Finding[];
}

export interface Looking {
  readonly comparison: Comparison;
  readonly planned: Planned;
  readonly settings: AnalysisSettings;
  /** When the canary was updated, ms since 1970. */
  readonly began: number;
  /** The look before: a difference has to be seen twice in a row. */
  readonly before: Look | undefined;
  readonly turn: 'between' | 'last';
  /** How many times in a row no sample could be taken. */
  readonly missed: number;
  /** `nothing`: all run the release by now, and it was compared before. Only what needs no comparison is judged. */
  readonly against: 'others' | 'nothing';
}

const MISSED_IN_A_ROW = 4;

/** Judges what is known by now. Pure: the same samples give the same verdict, so a past rollout can be judged again. */
export function judge(looking: Looking): Look {
  const { before, turn } = looking;
  const findings = measure(looking).map((finding) => confirmed(finding, before));
  const counted = withASay(findings, looking);
  const failed = named(counted, 'fail');
  const alarmed = alarm(looking, findings);
  if (alarmed !== undefined) return alarmed;
  const decisive = failed.filter(({ weight }) => weight !== 'supporting');
  if (decisive.length > 0) return { verdict: 'Failed', reason: reasons(decisive), findings };
  if (failed.length >= 2) return { verdict: 'Failed', reason: reasons(failed), findings };
  if (turn === 'between') return { verdict: 'Running', reason: 'still watching', findings };
  const doubts = [...failed, ...named(counted, 'doubtful')];
  if (doubts.length > 0) return { verdict: 'Inconclusive', reason: reasons(doubts), findings };
  const lack = notEnough(counted, looking);
  if (lack !== undefined) return { verdict: 'Inconclusive', reason: lack, findings };
  const reason = looking.against === 'nothing' ? 'nothing has failed since' : 'it is no worse than the others';
  return { verdict: 'Successful', reason, findings };
}

/** What does not wait for a look: a gate that fails, or nothing to be seen any more. Undefined when all is well. */
export function alarm(looking: Looking, findings: readonly Finding[] = gates(looking)): Look | undefined {
  const { missed } = looking;
  if (missed > MISSED_IN_A_ROW)
    return { verdict: 'Error', reason: `it could not be measured ${missed} times in a row`, findings };
  const failed = named(withASay(findings, looking), 'fail').filter(({ weight }) => weight === 'gate');
  return failed.length === 0 ? undefined : { verdict: 'Failed', reason: reasons(failed), findings };
}

/**
 * Whether errors in the log of the new instances are as rare as those of the others; with nothing to compare with, whether
 * there were none since the last look. What cannot be read is never settled.
 */
export function hasSettled({ comparison, settings, began }: Looking, now: number): boolean {
  const warm = since(steady(comparison), began + settings.warmupMs);
  if (warm.baselines.length > 0) return judgeErrorLines(warm, settings).outcome === 'pass';
  const late = samplesOf(since(comparison, now - settings.lookEveryMs).canaries);
  return late.length > 0 && late.every(({ lines }) => lines?.errors === 0);
}

function withASay(findings: readonly Finding[], { settings }: Looking): readonly Finding[] {
  return findings.filter(({ metric }) => !settings.dryRun.includes(metric));
}

function gates({ comparison, planned }: Looking): readonly Finding[] {
  return [judgeHealth(comparison, planned), judgeRestarts(comparison)];
}

function measure(looking: Looking): readonly Finding[] {
  const { comparison, settings, began } = looking;
  if (looking.against === 'nothing') return gates(looking);
  const warm = since(steady(comparison), began + settings.warmupMs);
  return [
    ...gates(looking),
    judgeErrorLines(warm, settings),
    judgeRequestErrors(warm, settings),
    judgeLatency(warm, settings),
    judgeHealthLatency(warm, settings),
    judgeMemory(warm, settings, began),
    judgeCpu(warm, settings),
    judgeWork(warm, settings),
  ];
}

/** One that was started anew meanwhile is cold, too, and nothing to compare with. */
function steady({ canaries, baselines }: Comparison): Comparison {
  return { canaries, baselines: baselines.filter((track) => restarts(track) === 0) };
}

function since({ canaries, baselines }: Comparison, start: number): Comparison {
  const cut = (tracks: Comparison['canaries']) =>
    tracks.map(({ instance, samples }) => ({ instance, samples: samples.filter(({ t }) => t >= start) }));
  return { canaries: cut(canaries), baselines: cut(baselines) };
}

/** Looking often finds something by chance: a comparison that fails counts once it failed at the look before, too. */
function confirmed(finding: Finding, before: Look | undefined): Finding {
  if (finding.weight === 'gate' || finding.outcome !== 'fail') return finding;
  const last = before?.findings.find(({ metric }) => metric === finding.metric);
  if (last !== undefined && (last.outcome === 'fail' || last.why.endsWith(ONCE))) return finding;
  return { ...finding, outcome: 'doubtful', why: `${finding.why}${ONCE}` };
}

const ONCE = ', at one look so far';

/** Nothing is no pass. */
function notEnough(findings: readonly Finding[], { comparison, against }: Looking): string | undefined {
  if (against === 'nothing') return undefined;
  if (comparison.baselines.length === 0) return 'no baseline: weak evidence';
  const critical = findings.filter(({ weight }) => weight === 'critical');
  if (!critical.some(hasData)) return `not enough data: ${reasons(critical)}`;
  const known = findings.filter(hasData).length;
  if (known * 2 < findings.length) return `not enough data: ${known} of ${findings.length} metrics`;
  return undefined;
}

function hasData({ outcome }: Finding): boolean {
  return outcome !== 'noData';
}

function named(findings: readonly Finding[], outcome: Outcome): readonly Finding[] {
  return findings.filter((finding) => finding.outcome === outcome);
}

function reasons(findings: readonly Finding[]): string {
  return findings.map(({ metric, why }) => `${metric}: ${why}`).join('; ');
}

export function findingOf({ findings }: Look, metric: Metric): Finding | undefined {
  return findings.find((finding) => finding.metric === metric);
}
