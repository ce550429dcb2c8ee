import { sanitise } from '../base/sanitise.ts';

/** What was looked at on every host of a stage, and what came of it. All text is fit for a terminal. */
export interface Diagnosis {
  /** In the order of hosts.json. */
  readonly hosts: readonly HostDiagnosis[];
}

export interface HostDiagnosis {
  readonly host: string;
  /** By area, in the order of AREAS. What is well is among them. */
  readonly checks: readonly Check[];
}

export const AREAS = [
  'ssh',
  'clock',
  'disk',
  'tools',
  'rights',
  'folder',
  'service',
  'health',
  'lock',
  'drift',
] as const;
export type Area = (typeof AREAS)[number];

/** `bad`: a rollout would be refused, or something does not serve. `unknown`: it could not be looked at. */
export type Verdict = 'ok' | 'warning' | 'bad' | 'unknown';

export interface Check {
  readonly area: Area;
  readonly verdict: Verdict;
  /** The fact: one sentence, without its full stop. */
  readonly what: string;
  /** What to do about it, a command where there is one. */
  readonly mend: string | undefined;
  /** More lines: which keys were tried, what the host said. Left out when there are none. */
  readonly detail?: readonly string[];
}

/** Makes the checks of one area. */
export function checksOf(area: Area) {
  const check =
    (verdict: Verdict) =>
    (what: string, mend?: string): Check => ({
      ...{ area, verdict, what: sanitise(what) },
      mend: mend === undefined ? undefined : sanitise(mend),
    });
  return { ok: check('ok'), warning: check('warning'), bad: check('bad'), unknown: check('unknown') };
}

/** By area; within one as they were found. */
export function inOrder(checks: readonly Check[]): readonly Check[] {
  return AREAS.flatMap((area) => checks.filter((check) => check.area === area));
}
