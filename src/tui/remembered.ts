import type { SavedView } from '../prefs/schema.ts';
import type { ThemeName } from '../prefs/themes.ts';

/** What this machine remembers, as far as the screen shows it. */
export interface RememberedView {
  readonly theme: ThemeName;
  readonly views: readonly (readonly [name: string, view: SavedView])[];
  /** Of the fleet; undefined while nobody has chosen any. */
  readonly columns: readonly string[] | undefined;
}

export const nothingRemembered: RememberedView = { theme: 'auto', views: [], columns: undefined };
