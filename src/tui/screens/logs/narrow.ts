import { belongsTo } from '../../../logs/names.ts';
import { Shown, type Wanted } from './shown.ts';
import type { LogsView } from './state.ts';

/** Words about a log are no lines of it: no filter hides that something is missing. */
function wantedBy({ alone, narrowing }: LogsView): Wanted {
  const wanted = narrowing.type === 'filter' && narrowing.terms.length > 0 ? narrowing.wanted : undefined;
  return (entry) => {
    if (alone !== undefined && entry.source !== '' && !belongsTo(entry.source, alone)) return false;
    return !wanted || entry.kind !== 'line' || wanted(entry);
  };
}

/** Looks at all lines once, by the filter as it is now. */
export function renarrowed(logs: LogsView): LogsView {
  const shown = new Shown(wantedBy(logs), logs.held?.lines ?? []);
  if (logs.held) shown.wait(logs.ring);
  else shown.take(logs.ring);
  return { ...logs, shown };
}
