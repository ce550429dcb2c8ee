import { wholeText } from '../../../logs/fields-text.ts';
import type { LogEntry } from './ring.ts';
import type { LogsView } from './state.ts';

/** What is read of a line on the screen: what it says, and its fields behind it where they are shown. */
export function lineText(entry: LogEntry, fields: LogsView['fields']): string {
  return fields === 'shown' ? wholeText(entry) : entry.message;
}
