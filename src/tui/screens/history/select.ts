import type { HistoryRecord } from '../../../host/records.ts';
import type { UiState } from '../../state.ts';

/** Newest first. */
export function recordsOf({ trail }: UiState): readonly HistoryRecord[] {
  return trail.trail?.records ?? [];
}

export function selectedRecord(state: UiState): HistoryRecord | undefined {
  const records = recordsOf(state);
  return records[Math.min(state.cursor.history, records.length - 1)];
}
