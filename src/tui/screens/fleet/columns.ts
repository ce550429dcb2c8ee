import type { UiState } from '../../state.ts';
import type { Column } from '../../text/table.ts';

/** What can be told of an instance; the cells of table.ts stand in this order. */
export const FLEET_COLUMNS: readonly Column[] = [
  { title: 'INSTANCE', min: 20, max: 32, drop: 0 },
  { title: 'RELEASE', min: 7, max: 26, drop: 3 },
  { title: 'STATE', min: 19, max: 24, drop: 0 },
  { title: 'DRIFT', min: 9, drop: 0 },
  { title: 'HEALTH', min: 20, max: 30, drop: 1 },
  { title: 'CPU', min: 4, drop: 4 },
  { title: 'MEMORY', min: 7, drop: 5 },
  { title: 'ERRORS', min: 12, drop: 2 },
  { title: 'UP', min: 5, drop: 6 },
  { title: 'RESTARTS', min: 8, drop: 7 },
];

/** All, as long as nobody has chosen some. */
export function shownColumns({ remembered }: UiState): ReadonlySet<string> {
  return new Set(remembered.columns ?? FLEET_COLUMNS.map(({ title }) => title));
}
