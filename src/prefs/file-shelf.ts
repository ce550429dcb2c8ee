import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import Conf from 'conf';
import type { Clock } from '../base/clock.ts';
import { type Reading, type Remembered, readRemembered } from './schema.ts';
import { setAside } from './set-aside.ts';
import { type Shelf, memoryShelf } from './shelf.ts';

export interface Opening {
  readonly clock: Clock;
  /** Instead of the user's own folder for configuration. */
  readonly folder?: string;
}

export interface OpenedShelf {
  readonly shelf: Shelf;
  /** What went wrong, and what becomes of it; one line. */
  readonly warning?: string;
}

/**
 * The file of preferences, read once. One that says nothing we understand, or cannot be read, is set aside; where nothing
 * can be written, what is changed lasts as long as the program.
 */
export function openFileShelf(opening: Opening): OpenedShelf {
  try {
    return openFile(opening);
  } catch (error) {
    const aside = isUnreadable(error) ? setAside(error.path, opening.clock.now()) : undefined;
    // opened again only once that file is out of the way
    return aside === undefined ? withoutFile({}, error) : { ...openFileShelf(opening), warning: anew(aside) };
  }
}

function openFile({ clock, folder }: Opening): OpenedShelf {
  const file = prefsFile(folder);
  const reading = file.read();
  const kept = reading.type === 'read' ? reading.kept : {};
  const aside = reading.type === 'broken' ? setAside(file.path, clock.now()) : undefined;
  if (reading.type === 'broken' && aside === undefined) return withoutFile({}, new Error(reading.why));
  try {
    accessSync(dirname(file.path), constants.W_OK);
  } catch (error) {
    return withoutFile(kept, error);
  }
  const shelf = fileShelf(file, { kept, clock });
  return aside === undefined ? { shelf } : { shelf, warning: anew(aside) };
}

interface PrefsFile {
  readonly path: string;
  read(): Reading;
  write(kept: Remembered): void;
}

/** `conf` finds the place and writes the file in one go. What it reads is judged here, so that it never throws for that. */
function prefsFile(folder: string | undefined): PrefsFile {
  let last: Reading | undefined;
  const judged = () => last;
  const conf = new Conf<Remembered>({
    projectName: 'slipway',
    projectSuffix: '',
    // names of files and views have dots
    accessPropertiesByDotNotation: false,
    ...(folder === undefined ? {} : { cwd: folder }),
    deserialize: (text) => {
      last = readRemembered(text);
      return last.type === 'read' ? last.kept : {};
    },
  });
  return {
    path: conf.path,
    read: () => {
      last = undefined;
      const kept = conf.store;
      // nothing was judged when there is no file
      return judged() ?? { type: 'read', kept };
    },
    write: (kept) => void (conf.store = kept),
  };
}

/** A change is laid over what the file says by then: another slipway may have written into it. */
function fileShelf(file: PrefsFile, from: { kept: Remembered; clock: Clock }): Shelf {
  let { kept } = from;
  // it is tried only once: `conf` tries again for a second by itself, and the screen would stand still meanwhile
  let isLost = false;

  const newest = (): Remembered => {
    const reading = file.read();
    if (reading.type === 'read') return reading.kept;
    if (setAside(file.path, from.clock.now()) === undefined) throw new Error(reading.why);
    return kept;
  };
  const attempt = (task: () => void) => {
    try {
      if (!isLost) task();
    } catch {
      isLost = true;
    }
  };

  return {
    get: () => kept,
    change: (how) => {
      attempt(() => (kept = newest()));
      kept = how(kept);
      attempt(() => file.write(kept));
      return isLost ? 'thisRunOnly' : 'kept';
    },
  };
}

function withoutFile(kept: Remembered, error: unknown): OpenedShelf {
  const why = error instanceof Error ? error.message : String(error);
  return { shelf: memoryShelf(kept), warning: `Preferences are not saved, and last until slipway ends: ${why}` };
}

function anew(aside: string): string {
  return `Your preferences were not readable, and start anew. They are kept: ${aside}`;
}

/** The file is there and may not be opened. */
function isUnreadable(error: unknown): error is NodeJS.ErrnoException & { path: string } {
  return error instanceof Error && 'path' in error && 'syscall' in error && error.syscall === 'open';
}
