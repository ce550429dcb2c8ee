import { type Fields, parseFilter } from '../../text/match.ts';
import { belongsTo, hostOf } from '../../../logs/names.ts';
import type { LogEntry } from './ring.ts';
import { Shown, type Wanted } from './shown.ts';
import type { LogsView } from './state.ts';

/** Words about a log are no lines of it: no filter hides that something is missing. */
function wantedBy({ alone, filter }: LogsView): Wanted {
  const parsed = parseFilter(filter);
  const matches = parsed.type === 'filter' ? parsed.matches : undefined;
  return (entry) => {
    if (alone !== undefined && entry.source !== '' && !belongsTo(entry.source, alone)) return false;
    return !matches || entry.kind !== 'line' || matches(fieldsOf(entry));
  };
}

function fieldsOf({ text, source, level }: LogEntry): Fields {
  return { text, source, host: hostOf(source), level: level ?? '' };
}

/** Looks at all lines once, by the filter as it is now. */
export function renarrowed(logs: LogsView): LogsView {
  const shown = new Shown(wantedBy(logs), logs.held?.lines ?? []);
  if (logs.held) shown.wait(logs.ring);
  else shown.take(logs.ring);
  return { ...logs, shown };
}
