import type { UiState } from '../state.ts';
import type { Move } from '../actions.ts';
import type { Area, Row } from '../text/row.ts';

/** What a screen is made of, beside its keys. */
export interface Screen {
  /** At most `area.rows` of them are shown. */
  readonly rows: (state: UiState, area: Area) => Row[];
  /** What the arrows do on it; nothing when left out. */
  readonly moved?: (state: UiState, to: Move) => UiState;
}
