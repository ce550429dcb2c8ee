import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { UserAction } from '../../src/tui/actions.ts';
import { frame } from '../../src/tui/frame/frame.ts';
import { DIALOGS, SCREENS, type Scope } from '../../src/tui/keys/binding.ts';
import { resolve } from '../../src/tui/keys/resolve.ts';
import { bindingsOf, scopeOf } from '../../src/tui/keys/table.ts';
import { reduce } from '../../src/tui/reduce.ts';
import { screens } from '../../src/tui/screens/all.ts';
import { fleetLines } from '../../src/tui/screens/fleet/narrow.ts';
import { type Errand, GUARD_MS, screenOf, type UiState } from '../../src/tui/state.ts';
import { prepared, troubledFleet } from './support/fleet.ts';
import { everyQuestion, everyScreen, fleetOf, later, onScreen, reviewOf, running } from './support/places.ts';

/** What users of other programs complain about, and is not to happen here. `docs/complaints.md` has the list. */

const SCOPES: readonly Scope[] = [...SCREENS, ...DIALOGS];
const KEYS = [...new Set(SCOPES.flatMap((scope) => bindingsOf(scope).flatMap(({ keys }) => keys)))];
/** How long keyboards wait before a key that is held down comes again, in milliseconds; and how long after that. */
const FIRST_REPEATS = [250, 660];
const REPEAT = 50;

/** Changes something on the hosts, or lets a rollout do so. */
function doesHarm(action: UserAction): boolean {
  if (action.type === 'send' || action.type === 'tell') return !['pause', 'leave'].includes(action.intent.type);
  return action.type === 'start' || action.type === 'accept';
}

interface Pressed {
  readonly state: UiState;
  readonly harm: readonly UserAction[];
}

function press(state: UiState, key: string): Pressed {
  const actions = resolve(state, key);
  return { state: actions.reduce(reduce, state), harm: actions.filter(doesHarm) };
}

/** A key that is held down: pressed, and then again and again, for longer than a question takes no answer. */
function held(state: UiState, key: string, first: number): Pressed {
  let { state: at, harm } = press(state, key);
  // one that means nothing here leads to nowhere else
  if (at === state) return { state, harm };
  for (let i = 0; i <= GUARD_MS / REPEAT + 1; i += 1) {
    const next = press(later(at, i === 0 ? first : REPEAT), key);
    [at, harm] = [next.state, [...harm, ...next.harm]];
  }
  return { state: at, harm };
}

const text = (state: UiState) =>
  frame(state)
    .map((row) => row.replaceAll(/\u001b\[[0-9;]*m/g, ''))
    .join('\n');

describe('what changes hosts', () => {
  test('Enter alone never does it, however often it is pressed, on any screen and in any question', () => {
    for (const guard of ['protected', 'open'] as const) {
      const start = later(fleetOf(guard), 1000);
      for (const [name, place] of [...everyScreen(start), ...everyQuestion(start)]) {
        let at = place;
        for (let i = 0; i < 10; i += 1) {
          const next = press(later(at, 1000), 'enter');
          expect({ name, guard, harm: next.harm }).toEqual({ name, guard, harm: [] });
          at = next.state;
        }
      }
    }
  });

  test('is never what is marked when the commands are opened', () => {
    for (const guard of ['protected', 'open'] as const) {
      for (const [name, place] of everyScreen(fleetOf(guard))) {
        const palette = press(place, 'ctrl+p').state;
        expect({ name, dialog: palette.dialog?.name }).toEqual({ name, dialog: 'palette' });
        const { harm, state } = press(later(palette, 1000), 'enter');
        expect({ name, harm, dialog: state.dialog }).toEqual({ name, harm: [], dialog: undefined });
      }
    }
  });

  test('is not done by a key that was held down on the screen before, however fast the keyboard repeats', () => {
    for (const [name, place] of everyScreen(fleetOf('protected'))) {
      for (const key of KEYS) {
        for (const first of FIRST_REPEATS) {
          const { harm } = held(place, key, first);
          expect({ name, key, first, harm }).toEqual({ name, key, first, harm: [] });
        }
      }
    }
  });

  test('is not agreed to by a key that was down already when the question came up', () => {
    for (const [name, place] of everyQuestion(fleetOf('open'))) {
      for (const key of KEYS) {
        const { harm } = held(place, key, REPEAT);
        expect({ name, key, harm }).toEqual({ name, key, harm: [] });
      }
    }
  });

  test('is not begun by a key that was down already when the plan came up', () => {
    const planned = reduce(onScreen('planning', fleetOf('open')), { type: 'planned', prepared: prepared() });
    for (const key of KEYS) expect({ key, harm: held(planned, key, REPEAT).harm }).toEqual({ key, harm: [] });
    expect(press(later(planned, 1000), 'y').harm).toEqual([{ type: 'start' }]);
  });

  test('is asked about with the answer marked that leaves everything as it is', () => {
    for (const [name, place] of everyQuestion(fleetOf('open'))) {
      const { state, harm } = press(later(place, 1000), 'enter');
      expect({ name, harm, dialog: state.dialog }).toEqual({ name, harm: [], dialog: undefined });
      expect(state.rollout?.asked).toBeUndefined();
    }
  });

  test.each(['deploy', 'rollback', 'reconcile', 'continue', 'goBack'] as const satisfies readonly Errand[])(
    'wants the name of the stage typed where it is protected, and a yes where it is not: %s',
    (errand) => {
      const asked = press(reviewOf(fleetOf('protected'), errand), 'y');
      expect(asked.harm).toEqual([]);
      expect(asked.state.dialog).toEqual({ name: 'typeStage', text: '' });
      expect(press(reviewOf(fleetOf('open'), errand), 'y').harm).toEqual([{ type: 'start' }]);
    },
  );

  test('has no key with Ctrl', () => {
    const withCtrl = SCOPES.flatMap(bindingsOf).filter(({ keys }) => keys.some((key) => key.startsWith('ctrl+')));
    expect(withCtrl.filter(({ danger }) => danger).map(({ id }) => id)).toEqual([]);
    for (const key of ['ctrl+d', 'ctrl+k', 'ctrl+x', 'ctrl+u']) {
      for (const [name, place] of [...everyScreen(fleetOf('open')), ...everyQuestion(fleetOf('open'))])
        expect({ name, key, harm: press(later(place, 1000), key).harm }).toEqual({ name, key, harm: [] });
    }
  });
});

describe('leaving', () => {
  test('q never leaves a rollout that runs, from any screen, and also when it is held down', () => {
    for (const [name, place] of everyScreen(running(fleetOf('open')))) {
      for (const first of FIRST_REPEATS) {
        const { state, harm } = held(place, 'q', first);
        const { exit, quitting } = state;
        expect({ name, harm, exit, quitting }).toEqual({ name, harm: [], exit: undefined, quitting: undefined });
      }
    }
  });

  test('Esc goes back and never ends the program', () => {
    for (const [name, place] of everyScreen(running(fleetOf('open'))))
      expect({ name, exit: held(place, 'esc', 250).state.exit }).toEqual({ name, exit: undefined });
  });
});

describe('keys', () => {
  const lists = everyScreen(fleetOf('open')).filter(([name]) => name !== 'planning');

  test('g, G, Home, End, j, k, PgUp, PgDn, Ctrl-D and Ctrl-U move in every list', () => {
    const moves = { g: 'first', G: 'last', j: 'down', k: 'up', 'ctrl+d': 'pageDown', 'ctrl+u': 'pageUp' } as const;
    const named = {
      home: 'first',
      end: 'last',
      pageUp: 'pageUp',
      pageDown: 'pageDown',
      up: 'up',
      down: 'down',
    } as const;
    for (const [name, place] of lists) {
      expect(screens[name].moved, name).toBeDefined();
      // where letters are text, the named keys are left
      const expected = name === 'deploy' ? { ...named, 'ctrl+d': 'pageDown' } : { ...named, ...moves };
      for (const [key, to] of Object.entries(expected))
        expect({ name, key, does: resolve(place, key) }).toEqual({ name, key, does: [{ type: 'move', to }] });
    }
  });

  test('of the fleet do the same in the tree, in the list, below a filter and with one host alone', () => {
    const tree = fleetOf('open');
    const at = (state: UiState) => {
      const cursor = fleetLines(state).findIndex((line) => line.type === 'instance' && line.id === 'bot.2@fra-2');
      return { ...state, cursor: { ...state.cursor, fleet: cursor } };
    };
    const views = [
      reduce(tree, { type: 'shape', shape: 'table' }),
      reduce(tree, { type: 'filter', text: 'bot.2' }),
      reduce(tree, { type: 'solo', host: 'fra-2' }),
    ];
    // what changes the view itself is about the view
    const isOfView = (id: string) => ['shape', 'filter', 'solo'].includes(id);
    const ids = bindingsOf('fleet').filter(({ id }) => !isOfView(id));
    for (const view of views) {
      for (const { id, keys } of ids)
        expect({ id, does: keys.flatMap((key) => resolve(at(view), key)) }).toEqual({
          id,
          does: keys.flatMap((key) => resolve(at(tree), key)),
        });
    }
  });

  test('of a typed burst are as many keys, each with the meaning that it has where the one before has led', () => {
    const end = ['?', 'G', 'esc', 'R', 'j'].reduce((state, key) => press(state, key).state, fleetOf('open'));
    expect(screenOf(end)).toBe('releases');
    expect(end.cursor.releases).toBeGreaterThan(0);
  });
});

describe('a host that cannot be reached', () => {
  const troubled = (size: { columns: number; rows: number }) => {
    const state = fleetOf('open', size);
    return { ...state, fleet: { ...state.fleet, fleet: troubledFleet() } };
  };

  test('is never shown as fine, in any shape, and at any size the screen says that there is one', () => {
    for (const [columns, rows] of SIZES.filter(([wide, high]) => wide >= 60 && high >= 15)) {
      for (const shape of ['tree', 'table'] as const) {
        const state = reduce(troubled({ columns, rows }), { type: 'shape', shape });
        const shown = text(state);
        expect({ columns, rows, shape, says: /unreachable/.test(shown) }).toMatchObject({ says: true });
        for (const row of shown.split('\n').filter((one) => /^\W*fra-2\b/.test(one))) {
          expect(row).toMatch(/unreachable|cannot be reached/);
          expect(row).not.toMatch(/✓|healthy/);
        }
      }
    }
  });

  test('takes nothing away of what is known of the others', () => {
    const before = reduce(fleetOf('open', { columns: 120, rows: 40 }), { type: 'fleetReading' });
    const problem = { message: 'No host can be reached.', detail: [], mend: undefined, exitCode: 3 };
    const shown = text(reduce(before, { type: 'fleetFailed', problem }));
    expect(shown).toContain('No host can be reached.');
    for (const host of ['fra-1', 'fra-2', 'hel-1']) expect(shown).toContain(host);
  });
});

/** From nothing to far more than anybody has. */
const SIZES = [
  [1, 1],
  [20, 5],
  [59, 40],
  [200, 14],
  [60, 15],
  [80, 24],
  [81, 15],
  [119, 30],
  [120, 40],
  [300, 100],
] as const;

describe('a frame', () => {
  test.each(SIZES)('has exactly the rows and cells of a window of %ix%i, on every screen', (columns, rows) => {
    const state = fleetOf('protected', { columns, rows });
    const dialogs = ['ctrl+p', '?'].map((key) => [key, press(state, key).state] as const);
    for (const [name, place] of [...everyScreen(state), ...everyQuestion(state), ...dialogs]) {
      const drawn = frame(place);
      expect({ name, rows: drawn.length }).toEqual({ name, rows });
      const widths = new Set(drawn.map((row) => stringWidth(row)));
      expect({ name, widths: [...widths] }).toEqual({ name, widths: [columns] });
    }
  });

  test('of a window that is too small says so, and what is needed', () => {
    for (const [, place] of everyScreen(fleetOf('open', { columns: 59, rows: 24 })))
      expect(text(place)).toContain('59x24, needs 60x15');
  });

  test('says on every screen that the stage is protected, and on every other one that a rollout runs', () => {
    for (const [name, place] of everyScreen(running(fleetOf('protected')))) {
      const [head = ''] = text(place).split('\n');
      if (name !== 'stages') expect(head).toContain('PROTECTED');
      if (scopeOf(place) !== 'rollout') expect(head).toContain('Progressing');
    }
  });
});
