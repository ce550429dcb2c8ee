import { describe, expect, test } from 'vitest';
import { coalesce } from '../../src/tui/actions.ts';
import { initialUi } from '../../src/tui/state.ts';
import { createStore } from '../../src/tui/store.ts';
import { runTicker, tickMs } from '../../src/tui/ticker.ts';
import { FakeClock, turns } from './support/fake-clock.ts';
import { NOW } from './support/fleet.ts';

function setUp() {
  const clock = new FakeClock(NOW);
  const stages = [{ stage: 'production', protected: false }];
  const given = {
    now: NOW,
    size: { columns: 80, rows: 24 },
    looks: { palette: 'dark', ascii: false } as const,
    stages,
  };
  const store = createStore(initialUi(given), clock);
  let shown = 0;
  store.subscribe(() => (shown += 1));
  return { clock, store, shown: () => shown };
}

describe('the store', () => {
  test('shows what a person does at once', () => {
    const { store, shown } = setUp();
    store.dispatch({ type: 'notify', text: 'hello', style: 'ok' });
    expect(store.get().notice?.text).toBe('hello');
    expect(shown()).toBe(1);
  });

  test('shows news at most ten times a second, however much comes', async () => {
    const { clock, store, shown } = setUp();
    for (let i = 0; i < 100; i += 1) {
      store.post({ type: 'ticked' });
      await clock.advance(10);
    }
    expect(shown()).toBeGreaterThanOrEqual(9);
    expect(shown()).toBeLessThanOrEqual(11);
  });

  test('a key meets all news that came before it', () => {
    const { store } = setUp();
    store.post({ type: 'fleetReading' });
    let seen = false;
    store.dispatch((state) => {
      seen = state.fleet.reading;
      return undefined;
    });
    expect(seen).toBe(true);
  });

  test('a flood of lines is reduced in one go, in its order', () => {
    const line = (text: string) => ({ type: 'logLines' as const, lines: [{ source: 'a', text }] });
    const merged = coalesce([line('1'), line('2'), { type: 'ticked' }, line('3')]);
    expect(merged.map((one) => (one.type === 'logLines' ? one.lines.map((l) => l.text) : one.type))).toEqual([
      ['1', '2'],
      'ticked',
      ['3'],
    ]);
  });
});

describe('the ticker', () => {
  test('hardly moves while nothing happens', async () => {
    const { clock, store, shown } = setUp();
    const stop = new AbortController();
    const ticking = runTicker(store, clock, stop.signal);
    await clock.advance(60_000);
    expect(shown()).toBeLessThanOrEqual(7);
    stop.abort();
    await ticking;
  });

  test('turns the spinner at most four times a second, and wakes for it from a long sleep', async () => {
    const { clock, store, shown } = setUp();
    const stop = new AbortController();
    const ticking = runTicker(store, clock, stop.signal);
    await turns();
    store.dispatch({ type: 'openStage', stage: 'production' });
    expect(tickMs(store.get())).toBe(250);
    const before = shown();
    await clock.advance(2000);
    expect(shown() - before).toBeGreaterThanOrEqual(6);
    expect(shown() - before).toBeLessThanOrEqual(9);
    stop.abort();
    await ticking;
  });

  test('takes a notice away in time', async () => {
    const { clock, store } = setUp();
    const stop = new AbortController();
    const ticking = runTicker(store, clock, stop.signal);
    store.dispatch({ type: 'notify', text: 'hello', style: 'ok' });
    await clock.advance(7000);
    expect(store.get().notice).toBeUndefined();
    stop.abort();
    await ticking;
  });
});
