import type { App } from '../app/app.ts';
import type { Conditions } from '../conditions.ts';
import type { Told } from '../contenders/slipway.ts';
import type { Operation, Result } from '../measuring/measure.ts';
import type { Flip } from '../parts/flip-back.ts';
import type { LogsFindings } from '../parts/logs.ts';
import type { CrowdFindings, ManyFindings } from '../parts/many.ts';
import type { OpenSessionFindings } from '../parts/open-session.ts';
import type { TuiFindings } from '../parts/tui.ts';

/** Everything that one run found out. */
export interface Findings {
  /** What was deployed; undefined when nothing was. */
  readonly app: App | undefined;
  readonly machine: readonly string[];
  readonly comparisons: readonly Comparison[];
  readonly openSession: OpenSessionFindings | undefined;
  readonly many: ManyFindings | undefined;
  readonly crowd: CrowdFindings | undefined;
  readonly flips: readonly Flip[];
  /** Of `slipway logs`. */
  readonly logs: LogsFindings | undefined;
  /** Of the full-screen program. */
  readonly tui: TuiFindings | undefined;
}

/** The contenders side by side. */
export interface Comparison {
  readonly conditions: Conditions;
  readonly operations: readonly Operation[];
  readonly results: readonly Result[];
  /** What slipway told of its deploys. */
  readonly told: readonly Told[];
}

/** What most promises are about. */
export const USUAL: Conditions = { hosts: 5, rttMs: 40, upMbit: 0 };

export function comparisonAt({ comparisons }: Findings, { hosts, rttMs, upMbit }: Conditions): Comparison | undefined {
  return comparisons.find(
    ({ conditions }) => conditions.hosts === hosts && conditions.rttMs === rttMs && conditions.upMbit === upMbit,
  );
}

export function resultOf(comparison: Comparison | undefined, test: (result: Result) => boolean): Result | undefined {
  return comparison?.results.find((result) => test(result) && result.samples.small.length > 0);
}
