import type { LogOptions, Remembered, SavedView } from './schema.ts';
import { type Kept, type Shelf, memoryShelf } from './shelf.ts';
import type { ThemeName } from './themes.ts';

/** What slipway remembers on this machine between runs: conveniences, never state. No method throws. */
export interface Prefs {
  theme(): ThemeName;
  setTheme(theme: ThemeName): Kept;
  /** The stage that was open last for a configuration file, by its full path. */
  lastStage(file: string): string | undefined;
  rememberStage(file: string, stage: string): Kept;
  /** Saved views by their names, in the order in which they were saved. */
  views(): ReadonlyMap<string, SavedView>;
  /** One of the same name is replaced. */
  saveView(name: string, view: SavedView): Kept;
  removeView(name: string): Kept;
  /** The columns of a screen in their order; undefined while nobody has chosen any. */
  columns(screen: string): readonly string[] | undefined;
  /** Undefined goes back to the screen's own. */
  setColumns(screen: string, columns: readonly string[] | undefined): Kept;
  logOptions(): LogOptions;
  setLogOptions(options: Partial<LogOptions>): Kept;
}

/** The files whose last stage is remembered; the oldest is forgotten. */
const MOST_FILES = 100;

const LOG_DEFAULTS: LogOptions = { wrap: false, time: 'time', level: 'all' };

export function prefsOn(shelf: Shelf): Prefs {
  /** Changes a table of names alone, and keeps all else. */
  const table = <Key extends 'lastStage' | 'views' | 'columns'>(key: Key, how: (old: Table<Key>) => Table<Key>): Kept =>
    shelf.change((kept) => ({ ...kept, [key]: how(kept[key] ?? {}) }));
  return {
    theme: () => shelf.get().theme ?? 'auto',
    setTheme: (theme) => shelf.change((kept) => ({ ...kept, theme })),
    lastStage: (file) => own(shelf.get().lastStage, file),
    rememberStage: (file, stage) =>
      table('lastStage', (old) => newest({ ...without(old, file), [file]: stage }, MOST_FILES)),
    views: () => new Map(Object.entries(shelf.get().views ?? {})),
    saveView: (name, view) => table('views', (old) => ({ ...without(old, name), [name]: view })),
    removeView: (name) => table('views', (old) => without(old, name)),
    columns: (screen) => own(shelf.get().columns, screen),
    setColumns: (screen, columns) =>
      table('columns', (old) => ({ ...without(old, screen), ...(columns === undefined ? {} : { [screen]: columns }) })),
    logOptions: () => ({ ...LOG_DEFAULTS, ...shelf.get().logs }),
    setLogOptions: (options) => shelf.change((kept) => ({ ...kept, logs: { ...kept.logs, ...options } })),
  };
}

/** Lasts as long as the program: for tests, and for the demo. */
export function memoryPrefs(kept: Remembered = {}): Prefs {
  return prefsOn(memoryShelf(kept));
}

type Table<Key extends 'lastStage' | 'views' | 'columns'> = NonNullable<Remembered[Key]>;

/** Names are anybody's: `constructor` is one like any other. */
function own<T>(table: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return table && Object.hasOwn(table, name) ? table[name] : undefined;
}

function without<T>(table: Readonly<Record<string, T>>, name: string): Record<string, T> {
  return Object.fromEntries(Object.entries(table).filter(([other]) => other !== name));
}

function newest<T>(table: Readonly<Record<string, T>>, most: number): Record<string, T> {
  return Object.fromEntries(Object.entries(table).slice(-most));
}
