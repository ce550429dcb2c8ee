import type { UserAction } from '../actions.ts';
import type { UiState } from '../state.ts';

/** A line of a list that one picks from. */
export interface Item {
  /** Stands first: a key, a mark. */
  readonly lead: string;
  readonly title: string;
  readonly note: string;
  /** Cannot be picked now. */
  readonly isClosed: boolean;
  /** The list stays after it was picked. */
  readonly stays: boolean;
  readonly pick: (state: UiState) => readonly UserAction[];
}
