import { type Opening, openFileShelf } from './file-shelf.ts';
import { type Prefs, prefsOn } from './prefs.ts';

export interface OpenedPrefs {
  readonly prefs: Prefs;
  /** To be shown once: the file was broken and set aside, or nothing can be written. One line. */
  readonly warning?: string;
}

/** The preferences of this user on this machine; empty ones where there is nothing to read. Never throws. */
export function openPrefs(opening: Opening): OpenedPrefs {
  const { shelf, ...rest } = openFileShelf(opening);
  return { prefs: prefsOn(shelf), ...rest };
}
