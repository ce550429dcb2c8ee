import type { RememberedView } from '../remembered.ts';
import { memoryPrefs, type Prefs } from '../../prefs/prefs.ts';
import type { Action } from '../actions.ts';
import { looksOf } from '../looks.ts';
import { FLEET_COLUMNS, shownColumns } from '../screens/fleet/columns.ts';
import type { UiState } from '../state.ts';
import type { Store } from '../store.ts';

interface Given {
  readonly store: Store;
  readonly env: NodeJS.ProcessEnv;
  /** Without them nothing outlives the program. */
  readonly prefs?: Prefs | undefined;
}

/** Remembers what a person chooses for the screens. */
export function createPrefsWork({ store, env, prefs = memoryPrefs() }: Given) {
  const notify = (text: string) => store.dispatch({ type: 'notify', text, style: 'ok' });
  const tell = () => store.post({ type: 'remembered', remembered: rememberedOf(prefs) });
  tell();

  const changed = (action: Action): string | undefined => {
    const state = store.get();
    switch (action.type) {
      case 'theme':
        prefs.setTheme(action.theme);
        store.post({ type: 'looked', looks: looksOf(env, action.theme) });
        return env['NO_COLOR'] ? `theme: ${action.theme}, but NO_COLOR is set` : `theme: ${action.theme}`;
      case 'saveView':
        prefs.saveView(action.name, viewOf(state));
        return `saved as ${action.name}: V brings it back`;
      case 'removeView':
        prefs.removeView(action.name);
        return `forgot ${action.name}`;
      case 'toggleColumn':
        prefs.setColumns('fleet', toggled(state, action.column));
        return `columns: ${action.column} is ${shownColumns(state).has(action.column) ? 'hidden' : 'shown'}`;
      default:
        return undefined;
    }
  };

  return {
    hear: (action: Action) => {
      const said = changed(action);
      if (said === undefined) return;
      tell();
      notify(said);
    },
  };
}

function rememberedOf(prefs: Prefs): RememberedView {
  return { theme: prefs.theme(), views: [...prefs.views()], columns: prefs.columns('fleet') };
}

function viewOf({ fleet: { filter, solo }, remembered: { columns } }: UiState) {
  return { filter, ...(solo === undefined ? {} : { solo }), ...(columns === undefined ? {} : { columns }) };
}

function toggled(state: UiState, column: string): readonly string[] {
  const shown = shownColumns(state);
  return FLEET_COLUMNS.map(({ title }) => title).filter((title) => shown.has(title) !== (title === column));
}
