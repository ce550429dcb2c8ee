import type { RolloutEvent } from '../../../rollout/events.ts';
import { LOG_LINES, type LogLine, type LogView } from '../../state.ts';

/** How far back a line of an event is looked for among the followed ones. */
const DOUBLES = 100;

export function linesOf(log: LogView, event: RolloutEvent): readonly LogLine[] {
  if (event.type === 'hook.output') return [{ source: event.host, text: event.line }];
  if (event.type === 'log.line') return newLines(log, event.instance, [event.line]);
  // the other parts are no lines of a log: they stand with the evidence
  const isLog = event.type === 'instance.evidence' && event.part === 'log';
  return isLog ? newLines(log, event.instance, event.lines) : [];
}

/** The same line may come from the engine and from the log that is followed here. */
function newLines(log: LogView, source: string, lines: readonly string[]): LogLine[] {
  const seen = new Set(log.lines.slice(-DOUBLES).flatMap((line) => (line.source === source ? [line.text] : [])));
  return lines.filter((line) => !seen.has(line)).map((text) => ({ source, text }));
}

export function withLines(log: LogView, lines: readonly LogLine[]): LogView {
  const count = log.count + lines.length;
  const kept = log.lines.concat(lines).slice(-LOG_LINES);
  // what is read stays in place while new lines come, until it falls out of the buffer
  const bottom = log.bottom === undefined ? undefined : Math.max(log.bottom, count - kept.length);
  return { ...log, lines: kept, count, bottom };
}
