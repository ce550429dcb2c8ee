import { readable } from '../../logs/readable.ts';
import type { RolloutEvent } from '../../rollout/events.ts';

/** As many lines of a part are shown; `--json` has all. */
const SHOWN = 20;

/** A part of what a host tells of an instance that has failed: on one line where there is one, else indented below it. */
export function evidenceLines({
  instance,
  part,
  lines,
}: Extract<RolloutEvent, { type: 'instance.evidence' }>): readonly string[] {
  const head = `${instance}: ${part}:`;
  if (lines.length <= 1) return [`${head} ${lines[0] ?? ''}`];
  // of a log the end counts
  const shown = part === 'log' ? readable(lines.slice(-SHOWN)) : lines.slice(0, SHOWN);
  const left = shown.length === lines.length ? '' : ` (${shown.length} of ${lines.length} lines)`;
  return [`${head}${left}`, ...shown.map((line) => `    ${line}`)];
}
