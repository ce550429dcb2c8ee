import { render } from 'ink-testing-library';
import { createElement } from 'react';
import { expect, test } from 'vitest';
import { App } from '../../src/tui/app.ts';
import { createFrames } from '../../src/tui/frames.ts';
import { initialUi } from '../../src/tui/state.ts';
import { createStore } from '../../src/tui/store.ts';
import { FakeClock, turns } from './support/fake-clock.ts';

function setUp() {
  const stages = ['production', 'staging'].map((stage) => ({ stage, protected: stage === 'production' }));
  const given = { now: 0, size: { columns: 60, rows: 15 }, looks: { palette: 'mono', ascii: true } as const, stages };
  const store = createStore(initialUi(given), new FakeClock());
  const frames = createFrames(store);
  const app = render(createElement(App, { store, onMounted: () => {} }));
  return { store, frames, app };
}

test('the screen has exactly the rows of the terminal, and keys reach the store', async () => {
  const { app, store, frames } = setUp();
  expect(frames.current().rows).toHaveLength(15);
  expect(frames.current().rows.join('\n')).toContain('> production   protected');
  app.stdin.write('j');
  await turns();
  expect(store.get().cursor.stages).toBe(1);
  expect(frames.current().rows.join('\n')).toContain('> staging');
  app.unmount();
});

test('a burst of letters is as many keys', () => {
  const { app, store } = setUp();
  app.stdin.write('jk');
  expect(store.get().cursor.stages).toBe(0);
  app.stdin.write('?');
  expect(store.get().screens.at(-1)).toBe('help');
  app.unmount();
});

test('a state that looks the same is the same frame: nothing is painted for it', () => {
  const { app, store, frames } = setUp();
  const before = frames.current();
  store.dispatch({ type: 'move', to: 'first' });
  expect(frames.current()).toBe(before);
  app.unmount();
});
