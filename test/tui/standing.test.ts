import { afterEach, describe, expect, test } from 'vitest';
import { LockedError, UserError } from '../../src/base/errors.ts';
import { type TestApp, appStarter } from './support/app.ts';
import type { FakeSession } from './support/fake-session.ts';
import { calmFleet, lockedFleet, unfinished } from './support/fleet.ts';

const start = appStarter(afterEach);

function leftBehind(session: FakeSession): void {
  session.fleet = () => Promise.resolve(lockedFleet({ state: 'paused' }));
  session.left = () => Promise.resolve(unfinished());
}

/** The question is there, and its first moment over. */
async function asked(size: { columns?: number; rows?: number } = {}): Promise<TestApp> {
  const app = start({ ...size, prepare: leftBehind });
  await app.see('A rollout was left unfinished');
  await app.clock.advance(400);
  return app;
}

describe('a rollout that nobody runs any more', () => {
  test('is asked about at the start: what it was, who ran it, what runs where', async () => {
    const app = await asked({ columns: 120, rows: 40 });
    const { text } = app.terminal;
    expect(text).toMatch(/deploy of 20261121T114205Z-1f0755f, by ben@desk since .*asked to pause/s);
    expect(text).toContain('1 instance of 6 points at it');
    expect(text).toMatch(/bot\.1@fra-1 +20261121T114205Z-1f0755f +✓ running +✓ 200/);
    expect(text).toMatch(/bot\.2@fra-1 +20261118T091500Z-0a1b2c3 +✓ running/);
    expect(text).toContain('› Esc  Later');
  });

  test('takes no answer in the first moment', async () => {
    const app = start({ prepare: leftBehind });
    await app.see('A rollout was left unfinished');
    const before = app.clock.now();
    for (const key of ['c', 'R', 'a', '\r']) app.terminal.type(key);
    await app.terminal.written(20);
    expect(app.clock.now()).toBe(before);
    expect([app.session.continued, app.session.asked, app.session.accepted]).toEqual([[], [], []]);
    expect(app.terminal.text).toContain('A rollout was left unfinished');
  });

  test('Enter means later, w brings the question back, and a refresh does not', async () => {
    const app = await asked();
    await app.press('enter');
    await app.gone('left unfinished');
    expect(app.terminal.text).toContain('Nobody runs that rollout any more');
    await app.press('r');
    await app.settle();
    expect(app.terminal.text).not.toContain('left unfinished');
    await app.press('w');
    await app.see('A rollout was left unfinished');
  });

  test('goes on: the rest is planned, shown, and started by a person', async () => {
    const app = await asked();
    await app.press('c');
    await app.see('STEPS');
    expect([app.session.continued, app.session.started.length]).toEqual([[unfinished().rollout], 0]);
    await app.clock.advance(1000);
    await app.press('y');
    expect(app.session.started).toHaveLength(1);
  });

  test('goes back: on the hosts that it was for, taking its lock', async () => {
    const app = await asked();
    await app.press('up', 'up', 'enter');
    await app.see('STEPS');
    expect(app.session.asked).toMatchObject([{ only: ['fra-1', 'fra-2', 'hel-1'], takes: unfinished().rollout }]);
  });

  test('is left as it is, once that was asked again', async () => {
    const app = await asked();
    await app.press('a');
    await app.see('Leave everything as it is?');
    expect(app.session.accepted).toEqual([]);
    app.session.fleet = () => Promise.resolve(calmFleet());
    await app.clock.advance(400);
    await app.press('y');
    await app.see('production is free; every instance stays as it is');
    expect(app.session.accepted).toEqual([unfinished().rollout]);
    await app.gone('Nobody runs that rollout');
  });

  test('does not come up over what a person is at', async () => {
    let release = () => {};
    const app = start({
      prepare: (session) => {
        leftBehind(session);
        session.left = () => new Promise((resolve) => (release = () => resolve(unfinished())));
      },
    });
    await app.see('A paused rollout of ben@desk');
    await app.press('d');
    await app.see('what hosts.json says');
    release();
    await app.settle();
    expect(app.terminal.text).toContain('what hosts.json says');
    await app.press('esc');
    await app.see('Nobody runs that rollout any more');
  });
});

describe('a rollout that somebody runs elsewhere', () => {
  const busy = (session: FakeSession) => {
    const { owner } = unfinished();
    session.fleet = () => Promise.resolve(lockedFleet());
    session.left = () => Promise.reject(new LockedError({ code: 'SLIP_LOCKED', message: 'ben runs it' }));
    session.answers = () => Promise.resolve({ rollout: owner.rollout, owner });
  };

  async function opened(): Promise<TestApp> {
    const app = start({ prepare: busy });
    await app.see('Somebody runs that rollout elsewhere');
    await app.press('w');
    await app.see('A rollout runs elsewhere');
    await app.clock.advance(400);
    return app;
  }

  test('is shown from its lock, with who, since when and why', async () => {
    const app = await opened();
    expect(app.terminal.text).toMatch(/Run by ben@desk since 2026-11-21T11:56:48Z[^]*deploy 20261121T114205Z-1f0755f/);
    expect(app.terminal.text).toMatch(/p +Pause: finish[^]*r +Resume: go on[^]*a +Abort: stop/);
    await app.press('esc');
    await app.gone('A rollout runs elsewhere');
  });

  test('pauses when asked, and whoever runs it is named', async () => {
    const app = await opened();
    await app.press('p');
    await app.see('ben@desk has heard it: the rollout pauses');
    expect(app.session.told).toEqual([{ type: 'pause' }]);
  });

  test('is aborted only after that was asked again', async () => {
    const app = await opened();
    await app.press('a');
    await app.see('Abort the rollout?');
    expect(app.session.told).toEqual([]);
    await app.clock.advance(400);
    await app.press('y');
    await app.see('ben@desk has heard it');
    expect(app.session.told).toEqual([{ type: 'abort' }]);
  });

  test('says why it does not do what it was asked', async () => {
    const app = await opened();
    app.session.answers = () =>
      Promise.reject(new UserError({ code: 'SLIP_NOT_NOW', message: 'It cannot go on now: it is not paused.' }));
    await app.press('r');
    await app.see('It cannot go on now: it is not paused.');
  });
});
