import { describe, expect, test } from 'vitest';
import { RING } from '../../src/tui/screens/logs/ring.ts';
import { manyRecords } from './support/choices.ts';
import { lineOf } from './logs/lines.ts';
import { HOSTILE_LINES } from './support/hostile-lines.ts';
import { followedIn, start, startLogs, still } from './logs/started.ts';
import type { DrawnApp } from './support/drawn.ts';
import { INSTANCES } from './support/fleet.ts';
import { flood, followOf, letters, say } from './support/log-scenes.ts';

describe('the logs of a stage', () => {
  test('are followed of all instances at once, and of none as soon as nobody looks', async () => {
    const app = await startLogs();
    expect(followedIn(app)).toEqual(INSTANCES);
    await app.press('?');
    expect(followedIn(app)).toEqual(INSTANCES);
    await app.press('esc', 'esc');
    expect(app.text).toContain('Fleet');
    expect(followedIn(app)).toEqual([]);
    await app.press('R', 'L');
    expect(followedIn(app)).toEqual(INSTANCES);
    await app.dispose();
    expect(followedIn(app)).toEqual([]);
  });

  test('come in one pane in their order, and a late line of a log that was left is nobody’s', async () => {
    const app = await startLogs();
    const old = followOf(app, 'bot.1@fra-1')!;
    say(app, 'bot.1@fra-1', 'first');
    say(app, 'bot.2@hel-1', 'second');
    await app.settle();
    expect(app.text).toMatch(/fra-1 bot\.1 +first\n.*hel-1 bot\.2 +second/);
    await app.press('esc', 'L', '0');
    old.say('bot.1@fra-1', 'too late');
    await app.settle();
    expect(app.text).not.toContain('too late');
    expect(app.text).toContain('no lines yet');
  });

  test('are those of the instance under the cursor at first, when they are opened from there', async () => {
    const app = await start();
    await app.press('j', 'L');
    say(app, 'bot.1@fra-1', 'mine');
    say(app, 'bot.2@fra-1', 'beside me');
    await app.settle();
    expect(app.text).toContain('bot.1@fra-1 alone');
    expect(still(app)).toContain('mine');
    expect(still(app)).not.toContain('beside me');
    await app.press('1');
    expect(still(app)).toContain('beside me');
    await app.press('3');
    expect(still(app)).not.toContain('mine');
    await app.press('3');
    expect(still(app)).toContain('mine');
  });

  test('are those of all hosts when a host is under the cursor, and of the one that is shown alone', async () => {
    const app = await start();
    await app.press('L');
    expect(app.text).not.toContain('alone');
    await app.press('esc', 'o', 'L');
    expect(app.text).toContain('fra-1 alone');
  });

  test('of ten thousand lines show the newest, and say how many were dropped', async () => {
    const app = await startLogs();
    const count = RING.lines + 10_000;
    flood(app, 'bot.1@fra-1', { count, word: 'line' });
    await app.settle();
    expect(app.text).toContain(`line ${count - 1}`);
    expect(app.store.get().logs!.ring.first).toBe(10_000);
    await app.press('t');
    expect(app.text).toContain('10 000 older lines dropped');
  });
});

describe('a paused view', () => {
  test.each([
    ['space', ' '],
    ['scrolling up', 'k'],
    ['going to the first line', 'g'],
  ])('by %s stands still while lines come and the buffer turns over', async (_name, key) => {
    const app = await startLogs();
    for (let i = 0; i < 40; i += 1) say(app, 'bot.1@fra-1', `old ${i}`);
    await app.settle();
    await app.press(key);
    const before = still(app);
    for (let i = 0; i < 1000; i += 1) say(app, 'bot.2@fra-1', `new ${i}`);
    await app.settle();
    expect(still(app)).toBe(before);
    expect(app.text).toContain('paused – 1 000 new lines, G follows');
    flood(app, 'bot.2@fra-1', { count: RING.lines * 2, word: 'newer' });
    await app.settle();
    await app.align();
    expect(app.store.get().logs!.ring.first).toBeGreaterThan(40);
    expect(still(app)).toBe(before);
    // and what is above it can still be read
    await app.press('g');
    expect(still(app)).toContain('old 0');
    await app.press('G');
    expect(app.text).toContain(`newer ${RING.lines * 2 - 1}`);
    expect(app.text).toContain('following 6 logs');
  });

  test('goes on line by line into what has come, with a word on what was dropped, and follows at its end', async () => {
    const app = await startLogs();
    say(app, 'bot.1@fra-1', 'old');
    await app.settle();
    await app.press(' ');
    flood(app, 'bot.1@fra-1', { count: RING.lines + 5, word: 'new' });
    await app.settle();
    await app.press('j', 'j');
    expect(still(app)).toMatch(/old\n.*– 5 lines came and were dropped while this stood still –/);
    expect(still(app)).toContain('new 5');
    await app.press('pageDown');
    expect(app.text).toContain('no new lines');
    for (let i = 0; i < 3; i += 1) await app.press('G');
    expect(app.text).toContain('following');
  });

  test('follows again by the key that paused it', async () => {
    const app = await startLogs();
    await app.press(' ');
    expect(app.text).toContain('paused');
    await app.press(' ');
    expect(app.text).toContain('following');
  });
});

describe('a part of the lines', () => {
  async function some(): Promise<DrawnApp> {
    const app = await startLogs();
    for (let i = 0; i < 340; i += 1) say(app, INSTANCES[i % 6]!, `${i % 30 === 0 ? 'ERROR' : 'INFO'} line ${i}`);
    await app.settle();
    return app;
  }

  test('is shown while the filter is typed, and what comes later passes it, too', async () => {
    const app = await some();
    await app.press('/', ...letters('level:error'));
    expect(app.text).toContain('12 of 340 lines match "level:error"');
    await app.press('enter');
    say(app, 'bot.1@fra-1', 'ERROR one more', 'INFO not this');
    await app.settle();
    expect(app.text).toContain('13 of 342 lines');
    expect(app.text).toContain('one more');
    expect(app.text).not.toContain('not this');
    await app.press('/', 'ctrl+u', ...letters('!line'), 'enter');
    expect(app.text).toContain('2 of 342 lines');
    await app.press('/', 'x', 'esc');
    expect(app.text).toContain('2 of 342 lines match "!line"');
    await app.press('/', 'ctrl+u', ...letters('host:hel level:error'), 'enter');
    expect(app.text).toContain('0 of 342 lines');
  });

  test('never hides that a log cannot be read', async () => {
    const app = await some();
    followOf(app, 'bot.1@fra-1')!.trouble('bot.1@fra-1', 'refused', 'fra-1: no right to read the journal.');
    await app.press('/', ...letters('zzz'), 'enter');
    expect(app.text).toContain('– fra-1: no right to read the journal. r tries again. –');
    expect(app.text).toContain('following 5 of 6 logs');
  });

  test('narrows a paused view where it stands, also when all of it was dropped since', async () => {
    const app = await some();
    await app.press(' ');
    flood(app, 'bot.2@fra-1', { count: RING.lines * 2, word: 'INFO newer' });
    await app.settle();
    await app.press('/', ...letters('error'), 'enter');
    expect(app.text).toContain('12 of 340 lines');
    expect(still(app)).toContain('line 330');
    await app.press('/', 'ctrl+u', 'enter');
    expect(still(app)).toContain('line 339');
  });

  test('is walked through by errors and by hits', async () => {
    const app = await some();
    const at = () => /› .*line (\d+)/.exec(app.text)?.[1];
    await app.press('E');
    expect(at()).toBe('330');
    await app.press('E', 'E');
    expect(at()).toBe('270');
    await app.press('e');
    expect(at()).toBe('300');
    await app.press('f', ...letters('line 12'), 'enter', 'N');
    expect(at()).toBe('129');
    await app.press('N', 'n');
    expect(at()).toBe('129');
    await app.press('n');
    expect(app.text).toContain('no "line 12" below');
    expect(app.rows.some((row) => row.includes('\u001b[7mline 12\u001b[0m'))).toBe(true);
  });
});

describe('long lines', () => {
  test('are cut, moved under the screen, or wrapped', async () => {
    const app = await startLogs();
    say(app, 'bot.1@fra-1', `${'a'.repeat(60)}${'b'.repeat(60)}END`);
    await app.settle();
    expect(still(app)).toMatch(/a{60}b+…/);
    expect(still(app)).not.toContain('END');
    await app.press('l', 'l', 'right');
    expect(still(app)).toContain('END');
    expect(still(app)).not.toContain('aaa');
    expect(app.text).toContain('from column');
    await app.press('h', 'left', 'h', 'h', 'w');
    expect(still(app)).toContain('END');
    await app.press('l');
    expect(app.text).toContain('lines are wrapped');
  });

  test('that are wrapped fill the screen from its end, line by line', async () => {
    const app = await startLogs();
    for (let i = 0; i < 30; i += 1) say(app, 'bot.1@fra-1', `<${i}${'.'.repeat(150)}${i}>`);
    await app.settle();
    await app.press('w');
    expect(still(app)).toContain('29>');
    expect(still(app)).not.toContain('22>');
    await app.press('k', 'k', 'k', 'k', 'k', 'k', 'k');
    expect(still(app)).toContain('› ');
    expect(/› .*<(\d+)/.exec(app.text)?.[1]).toBe('22');
    await app.press('j');
    expect(/› .*<(\d+)/.exec(app.text)?.[1]).toBe('23');
  });
});

describe('the past of the logs', () => {
  test('is fetched from the hosts, and put before what is there', async () => {
    const app = await startLogs();
    say(app, 'bot.1@fra-1', 'newest');
    await app.settle();
    await app.press('o');
    const asked = app.session.follows.at(-1)!;
    expect(asked.options).toMatchObject({ follow: 'to the end', start: { type: 'last' } });
    const t = app.clock.now() - 60_000;
    const old = { ...lineOf('bot.2@hel-1', 'from before'), t };
    const same = { ...lineOf('bot.1@fra-1', 'newest'), t: app.clock.now() };
    asked.options.onRecords([old, same]);
    asked.finish();
    await app.see('1 older line');
    expect(still(app)).toMatch(/hel-1 bot\.2 +from before\n.*fra-1 bot\.1 +newest/);
    await app.press('G');
    expect(app.text).toContain('following');
  });

  test('is gone to by its time', async () => {
    const app = await startLogs();
    for (let i = 0; i < 90; i += 1) {
      say(app, 'bot.1@fra-1', `second ${i}`);
      await app.clock.advance(1000);
    }
    await app.press('T', ...letters('60s'), 'enter');
    expect(/› .*second (\d+)/.exec(app.text)?.[1]).toBe('31');
    await app.press('T', ...letters('nonsense'), 'enter');
    expect(/› .*second (\d+)/.exec(app.text)?.[1]).toBe('31');
  });

  test('shows what was done to the stage among the lines of that time', async () => {
    const app = await start();
    const at = app.clock.now() - 5000;
    const record = {
      ...manyRecords(1)[0]!,
      outcome: 'succeeded',
      at,
      by: 'ana',
      what: 'deploy',
      release: '20261121T114205Z-1f0755f',
    };
    app.session.trail = () => Promise.resolve({ records: [record], failed: [] });
    await app.press('L', '0');
    const before = { ...lineOf('bot.1@fra-1', 'before'), t: at - 1 };
    const after = { ...lineOf('bot.1@fra-1', 'after'), t: at + 1 };
    app.session.log!.options.onRecords([before, after]);
    await app.settle();
    expect(still(app)).toMatch(/before\n.*– deploy of 20261121T114205Z-1f0755f by ana: succeeded –\n.*after/);
    await app.press('[');
    expect(app.text).toMatch(/› .*deploy of/);
  });
});

test('hostile lines change nothing on the screen outside of their pane, byte for byte', async () => {
  const outside = async (lines: readonly string[]) => {
    const app = await startLogs({ columns: 100, rows: 24 });
    say(app, 'bot.1@fra-1', ...lines);
    await app.settle();
    const rows = app.text.split('\n');
    return [...rows.slice(0, 4), ...rows.slice(-2)].join('\n');
  };
  const calm = await outside(HOSTILE_LINES.map((_, index) => `line ${index}`));
  const evil = await outside(HOSTILE_LINES);
  expect(evil).toBe(calm);
});
