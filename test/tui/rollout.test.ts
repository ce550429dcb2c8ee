import { afterEach, describe, expect, test } from 'vitest';
import { appStarter } from './support/app.ts';
import { NEW, OLD } from './support/fleet.ts';

const start = appStarter(afterEach);

describe('while a rollout runs', () => {
  test('shows phase, step, probes, time left, bytes and warnings', async () => {
    const app = start({ columns: 120, rows: 40 });
    await app.startRollout();
    const { rollout, clock } = app;
    rollout.tell({ type: 'rollout.started' });
    rollout.tell({ type: 'rollout.phase', phase: 'Staging', reason: '' });
    rollout.tell({ type: 'rollout.step', index: 1, of: 8, title: 'send and prepare' });
    rollout.tell({ type: 'sync.progress', host: 'fra-1', sent: 0, total: 4_000_000 });
    await clock.advance(1000);
    rollout.tell({ type: 'sync.progress', host: 'fra-1', sent: 1_000_000, total: 4_000_000 });
    await app.see('1.0 MB of 4.0 MB');
    expect(app.terminal.text).toContain('1.0 MB/s');
    expect(app.terminal.text).toContain('3s left');

    rollout.tell({ type: 'host.ready', host: 'fra-1', release: NEW, reused: false });
    rollout.tell({ type: 'rollout.phase', phase: 'Progressing', reason: '' });
    rollout.tell({ type: 'rollout.step', index: 2, of: 8, title: 'update bot.1@fra-1' });
    const source = 'bot.1@fra-1';
    const state = { type: 'instance.state', instance: source, release: NEW, reason: '' } as const;
    rollout.tell({ ...state, state: 'verifying', deadline: clock.now() + 120_000 }, source);
    const sample = { healthy: false, outcome: 'connection refused', latencyMs: undefined };
    const probe = { type: 'probe.sample', instance: source, attempt: 3, healthyMs: 0, neededMs: 10_000 } as const;
    rollout.tell({ ...probe, sample }, source);
    rollout.tell({ type: 'warning', host: 'fra-2', message: 'only 812 MB are free', mend: 'slipway prune production' });
    await app.see('✗ refused');
    expect(app.terminal.text).toMatch(/bot\.1@fra-1 +▓▓▓▒░░ verifying 4\/6/);
    expect(app.terminal.text).toMatch(/Progressing {2}step 2\/8/);
    expect(app.terminal.text).toMatch(/1m(59|58)s left|2m00s left/);
    expect(app.terminal.text).toContain('0s of 10s');
    expect(app.terminal.text).toContain('only 812 MB are free');
    expect(app.terminal.text).toContain('p pause   a abort   R roll back');
  });

  test('the log follows the instance that is being changed, also to the next one', async () => {
    const app = start();
    await app.startRollout();
    const change = (instance: string, state: 'starting' | 'updated') =>
      app.rollout.tell({ type: 'instance.state', instance, state, release: NEW, reason: '' });
    change('bot.1@fra-1', 'starting');
    await app.settle();
    expect(app.session.log?.instances[0]).toBe('bot.1@fra-1');
    app.session.log?.say('bot.1@fra-1', 'listening on 5001');
    await app.see('listening on 5001');
    change('bot.1@fra-1', 'updated');
    change('bot.2@fra-1', 'starting');
    await app.settle();
    expect(app.session.follows[0]?.options.signal.aborted).toBe(true);
    expect(app.session.log?.instances[0]).toBe('bot.2@fra-1');
    app.session.log?.trouble('bot.2@fra-1', 'refused', 'no right to read its journal');
    await app.see('bot.2@fra-1: no right to read its journal');
  });

  test('p pauses and r resumes, and a refusal is shown', async () => {
    const app = start();
    await app.startRollout();
    app.rollout.tell({ type: 'rollout.phase', phase: 'Progressing', reason: '' });
    await app.settle();
    await app.press('p');
    expect(app.rollout.sent).toEqual(['pause']);
    await app.see('pause is asked for');
    app.rollout.tell({ type: 'rollout.paused', reasons: ['manual'], reason: 'asked for by ana' });
    await app.see('‖ Paused');
    await app.press('p');
    await app.see('cannot pause while Paused');
    await app.press('r');
    expect(app.rollout.sent).toEqual(['pause', 'resume']);
  });

  test('abort and roll back ask first', async () => {
    const app = start();
    await app.startRollout();
    app.rollout.tell({ type: 'rollout.phase', phase: 'Progressing', reason: '' });
    await app.settle();
    await app.press('a');
    await app.see('Abort the rollout?');
    await app.press('n', 'R');
    await app.see('Roll back?');
    expect(app.rollout.sent).toEqual([]);
    await app.clock.advance(1000);
    await app.press('y');
    expect(app.rollout.sent).toEqual(['rollback']);
  });

  test('the end says what became of it and what to type next, and the hosts are read again', async () => {
    const app = start();
    await app.startRollout();
    let reads = 0;
    app.session.fleet = () => {
      reads += 1;
      return Promise.resolve({ hosts: [], releases: [], release: undefined, drift: [] });
    };
    app.rollout.tell({ type: 'rollout.finished', phase: 'RolledBack', reason: 'bot.1@fra-1 failed', exitCode: 4 });
    app.rollout.end({
      exitCode: 4,
      message: `Back on ${OLD}: bot.1@fra-1 answered 500.`,
      next: 'slipway logs production',
    });
    await app.see(`Back on ${OLD}`);
    expect(app.terminal.text).toContain('next: slipway logs production');
    expect(reads).toBe(1);
    await app.press('q');
    expect(await app.ended()).toBe(4);
    expect(app.terminal.isAlternate).toBe(false);
    await app.terminal.until(`Back on ${OLD}`);
  });

  test('a broken rollout is shown as an error', async () => {
    const app = start();
    await app.startRollout();
    app.rollout.fail(new Error('the fold broke'));
    await app.see('the fold broke');
    await app.press('q');
    expect(await app.ended()).toBe(1);
  });

  test('other screens say that it runs, and w goes back to it', async () => {
    const app = start();
    await app.startRollout();
    app.rollout.tell({ type: 'rollout.phase', phase: 'Progressing', reason: '' });
    await app.press('esc');
    await app.see('Fleet');
    expect(app.terminal.lines[0]).toContain('Progressing');
    await app.press('w');
    await app.see('Rollout');
  });
});

describe('leaving while a rollout runs', () => {
  test('finish this instance, then stop: pauses, and leaves once it is paused', async () => {
    const app = start();
    await app.startRollout();
    const { rollout } = app;
    rollout.tell({ type: 'rollout.phase', phase: 'Progressing', reason: '' });
    await app.press('q');
    await app.see('How to leave?');
    await app.clock.advance(1000);
    await app.press('f');
    expect(rollout.sent).toEqual(['pause']);
    await app.see('leaves once the instance in hand is done');
    rollout.tell({ type: 'rollout.paused', reasons: ['manual'], reason: '' });
    await app.settle();
    expect(rollout.sent).toEqual(['pause', 'leave']);
    rollout.end({ exitCode: 5, message: 'Left after bot.1@fra-1.', next: 'slipway resume production' });
    await app.settle();
    expect(await app.ended()).toBe(5);
    await app.terminal.until('next: slipway resume production');
    expect(app.session.closed).toBe(1);
  });

  test('Ctrl-C asks, the second one leaves, and the word that it was left is waited for', async () => {
    const app = start();
    await app.startRollout();
    await app.press('ctrl+c');
    await app.see('How to leave?');
    await app.press('ctrl+c');
    expect(app.rollout.sent).toEqual(['leave']);
    await app.see('leaving');
    app.rollout.end({ exitCode: 5, message: 'Left.', next: undefined });
    await app.settle();
    expect(await app.ended()).toBe(5);
  });

  test('the third Ctrl-C does not wait', async () => {
    const app = start();
    await app.startRollout();
    await app.press('ctrl+c', 'ctrl+c', 'ctrl+c');
    await app.clock.advance(5000);
    expect(await app.ended()).toBe(5);
    await app.terminal.until('The rollout was left');
  });

  test('stay goes on, and also takes back a leave that waits for the pause', async () => {
    const app = start();
    await app.startRollout();
    app.rollout.tell({ type: 'rollout.phase', phase: 'Progressing', reason: '' });
    await app.press('q');
    await app.clock.advance(1000);
    await app.press('f', 'q', 'esc');
    app.rollout.tell({ type: 'rollout.paused', reasons: ['manual'], reason: '' });
    await app.see('‖ Paused');
    expect(app.rollout.sent).toEqual(['pause']);
  });

  test('a signal leaves the rollout, never aborts it, and its outcome is the exit code', async () => {
    const app = start();
    await app.startRollout();
    app.rollout.onSend = () => app.rollout.end({ exitCode: 5, message: 'Left.', next: undefined });
    app.signals.emit('SIGHUP');
    expect(await app.ended()).toBe(5);
    expect(app.rollout.sent).toEqual(['leave']);
    expect(app.terminal.isAlternate).toBe(false);
  });

  test('a rollout that does not answer keeps nobody for ever', async () => {
    const app = start();
    await app.startRollout();
    app.signals.emit('SIGTERM');
    await app.settle();
    await app.clock.advance(15_000);
    expect(await app.ended()).toBe(5);
  });
});
