import { describe, expect, test } from 'vitest';
import type { EventBody } from '../../src/rollout/events.ts';
import { resolve as resolveAll } from '../../src/tui/keys/resolve.ts';
import { deadlineLeft, syncLeft, syncRate, waits } from '../../src/tui/screens/rollout/waits.ts';
import { LOG_LINES, type UiState } from '../../src/tui/state.ts';
import type { Action, UserAction } from '../../src/tui/actions.ts';
import { NEW, NOW, OLD, plan } from './support/fleet.ts';
import { RolloutScreen } from './support/rollout-screen.ts';

/** What a key does: one thing, in all that is tried here. */
function resolve(at: UiState, key: string): UserAction | undefined {
  return resolveAll(at, key)[0];
}

function verifying(instance: string, deadline: number): EventBody {
  return { type: 'instance.state', instance, state: 'verifying', release: NEW, reason: '', deadline };
}

describe('time left', () => {
  test('is right though the clock of the host is an hour ahead', () => {
    const screen = new RolloutScreen();
    const host = NOW + 3_600_000;
    screen.tell(verifying('bot.1@fra-1', host + 120_000), { source: 'bot.1@fra-1', t: host });
    screen.wait(20_000);
    expect(deadlineLeft(screen.view, 'bot.1@fra-1', screen.state.now)).toBe(100_000);
  });

  test('counts late news as late: the least delay seen is the best reading of a clock', () => {
    const screen = new RolloutScreen();
    screen.tell(verifying('bot.1@fra-1', NOW + 60_000), { source: 'bot.1@fra-1', t: NOW - 5000 });
    expect(deadlineLeft(screen.view, 'bot.1@fra-1', NOW)).toBe(65_000);
    const sample = { healthy: true, outcome: '200', latencyMs: 3 };
    const probe = {
      type: 'probe.sample' as const,
      instance: 'bot.1@fra-1',
      attempt: 1,
      sample,
      healthyMs: 0,
      neededMs: 1,
    };
    screen.tell(probe, { source: 'bot.1@fra-1', t: NOW });
    expect(deadlineLeft(screen.view, 'bot.1@fra-1', NOW)).toBe(60_000);
  });

  test('is never below nothing', () => {
    const screen = new RolloutScreen();
    screen.tell(verifying('bot.1@fra-1', NOW + 1000));
    screen.wait(9000);
    expect(deadlineLeft(screen.view, 'bot.1@fra-1', screen.state.now)).toBe(0);
  });

  test('of a sync follows from the rate, once there is one', () => {
    const screen = new RolloutScreen();
    screen.tell({ type: 'rollout.phase', phase: 'Staging', reason: '' });
    screen.tell({ type: 'sync.progress', host: 'fra-1', sent: 0, total: 1000 });
    expect(syncRate(screen.view.state.hosts['fra-1']!)).toBeUndefined();
    screen.wait(1000);
    screen.tell({ type: 'sync.progress', host: 'fra-1', sent: 250, total: 1000 });
    expect(syncRate(screen.view.state.hosts['fra-1']!)).toBe(250);
    expect(syncLeft(screen.view.state.hosts['fra-1']!)).toBe(3000);
    expect(waits(screen.view, screen.state.now)[0]).toMatchObject({ leftMs: 3000 });
  });
});

describe('waits', () => {
  test('there is always one while a rollout runs, with the stall deadline when nothing nearer is known', () => {
    const screen = new RolloutScreen();
    screen.tell({ type: 'rollout.phase', phase: 'Progressing', reason: '' });
    screen.wait(60_000);
    expect(waits(screen.view, screen.state.now)).toMatchObject([{ leftMs: 540_000 }]);
  });

  test('a bake ends by the clock, a pause only by a person', () => {
    const screen = new RolloutScreen();
    screen.tell({ type: 'bake.started', until: NOW + 60_000, instances: ['bot.1@fra-1'] });
    screen.wait(12_000);
    expect(waits(screen.view, screen.state.now)[0]).toMatchObject({ leftMs: 48_000 });
    screen.tell({ type: 'rollout.paused', reasons: ['manual'], reason: 'asked for by ana' });
    const [pause] = waits(screen.view, screen.state.now);
    expect(pause).toMatchObject({ leftMs: undefined });
    expect(pause?.what).toContain('asked for by ana');
  });

  test('there is none any more when it has ended', () => {
    const screen = new RolloutScreen();
    screen.do({ type: 'rolloutEnded', outcome: { exitCode: 0, message: 'done', next: undefined } });
    expect(waits(screen.view, NOW)).toEqual([]);
  });
});

describe('the instance that is followed', () => {
  const change = (instance: string, state: 'starting' | 'updated' | 'old'): EventBody => {
    return { type: 'instance.state', instance, state, release: NEW, reason: '' };
  };

  test('is the one that is being changed, and stays so until it is done', () => {
    const screen = new RolloutScreen();
    screen.tell(change('bot.2@fra-1', 'starting'));
    screen.tell(change('bot.1@fra-1', 'starting'));
    expect(screen.view.active).toBe('bot.2@fra-1');
    screen.tell(change('bot.2@fra-1', 'updated'));
    expect(screen.view.active).toBe('bot.1@fra-1');
    screen.tell(change('bot.1@fra-1', 'updated'));
    expect(screen.view.active).toBe('bot.1@fra-1');
  });

  test('moving the cursor stops following it, f takes it up again', () => {
    const screen = new RolloutScreen();
    screen.tell(change('bot.1@fra-2', 'starting'));
    screen.do({ type: 'move', to: 'down' });
    expect(screen.view.cursor).toBe('bot.2@fra-2');
    screen.do({ type: 'follow' });
    expect(screen.view.cursor).toBeUndefined();
  });
});

describe('the log', () => {
  const lines = (from: number, count: number): Action => ({
    type: 'logLines',
    lines: Array.from({ length: count }, (_, index) => ({ source: 'bot.1@fra-1', text: `line ${from + index}` })),
  });

  test('is bounded, and counts what it forgot', () => {
    const screen = new RolloutScreen();
    screen.do(lines(0, LOG_LINES + 50));
    expect(screen.view.log.lines).toHaveLength(LOG_LINES);
    expect(screen.view.log.lines[0]!.text).toBe('line 50');
    expect(screen.view.log.count).toBe(LOG_LINES + 50);
  });

  test('scrolled up it stands still while lines come in, and follows again at its end', () => {
    const screen = new RolloutScreen();
    screen.do(lines(0, 100));
    screen.do({ type: 'switchPane' });
    screen.do({ type: 'move', to: 'up' });
    screen.do(lines(100, 50));
    expect(screen.view.log.bottom).toBe(98);
    screen.do({ type: 'move', to: 'last' });
    expect(screen.view.log.bottom).toBeUndefined();
  });

  test('what falls out of the buffer moves the held view along instead of emptying it', () => {
    const screen = new RolloutScreen();
    screen.do(lines(0, 10));
    screen.do({ type: 'switchPane' });
    screen.do({ type: 'move', to: 'first' });
    screen.do(lines(10, LOG_LINES + 20));
    expect(screen.view.log.bottom).toBe(30);
  });

  test('a line that the engine tells too is shown once', () => {
    const screen = new RolloutScreen();
    screen.do(lines(0, 3));
    screen.tell({ type: 'log.line', instance: 'bot.1@fra-1', line: 'line 2' });
    screen.tell({ type: 'log.line', instance: 'bot.1@fra-1', line: 'only from the engine' });
    screen.tell({ type: 'instance.evidence', instance: 'bot.1@fra-1', part: 'exit', lines: ['exit status 1'] });
    screen.tell({ type: 'instance.evidence', instance: 'bot.1@fra-1', part: 'log', lines: ['line 1', 'last words'] });
    expect(screen.view.log.lines.map((line) => line.text)).toEqual([
      'line 0',
      'line 1',
      'line 2',
      'only from the engine',
      'last words',
    ]);
  });
});

describe('an instance that goes back', () => {
  const state = (of: 'failed' | 'verifying', release = OLD): EventBody => ({
    type: 'instance.state',
    ...{ instance: 'bot.1@fra-1', state: of, release, reason: '' },
  });

  test('is waited for by what it ran before, not by what has failed', () => {
    const screen = new RolloutScreen();
    screen.tell({ type: 'rollout.phase', phase: 'Progressing', reason: '' });
    screen.tell(state('verifying', NEW));
    expect(waits(screen.view, screen.state.now)[0]!.what).toMatch(/^bot\.1@fra-1 has to become healthy/);
    screen.tell(state('failed', NEW));
    expect(waits(screen.view, screen.state.now)[0]!.what).toMatch(/^bot\.1@fra-1 has failed: .* then it goes back$/);
    screen.tell(state('verifying'));
    expect(waits(screen.view, screen.state.now)[0]!.what).toMatch(/^bot\.1@fra-1 goes back: what ran before has to/);
  });
});

describe('a rollout that has stopped', () => {
  const failed = { reasons: ['failure'], reason: '', failed: ['bot.1@fra-2'] } as const;

  test('is let go on by keys that say why they are closed', () => {
    const screen = new RolloutScreen();
    expect(resolve(screen.state, 'y')).toMatchObject({ text: 'approve: nothing waits for approval' });
    expect(resolve(screen.state, 't')).toMatchObject({ text: 'try again: nothing has failed' });
    screen.tell({ type: 'rollout.paused', reasons: ['gate'], reason: '' });
    expect(resolve(screen.state, 'y')).toMatchObject({ type: 'send', intent: { type: 'approve', scope: 'step' } });
    expect(resolve(screen.state, 'r')).toMatchObject({
      text: expect.stringContaining('it waits for approval') as string,
    });
    const guarded = { ...screen.state, session: { ...screen.state.session!, protected: true } };
    expect(resolve(guarded, 'y')).toMatchObject({ type: 'openDialog', dialog: { name: 'ask', intent: 'approve' } });
  });

  test('tries the first that failed again, or skips its host; or those of the chosen one', () => {
    const screen = new RolloutScreen();
    screen.tell({ type: 'rollout.planned', plan: plan() });
    screen.tell({ type: 'rollout.paused', ...failed });
    expect(resolve(screen.state, 't')).toEqual({ type: 'send', intent: { type: 'retry', instance: 'bot.1@fra-2' } });
    expect(resolve(screen.state, 'x')).toEqual({ type: 'send', intent: { type: 'skip', host: 'fra-2' } });
    screen.do({ type: 'toLine', line: 'bot.1@fra-1' });
    expect(resolve(screen.state, 't')).toMatchObject({ text: 'try again: bot.1@fra-1 has not failed' });
    expect(resolve(screen.state, 'x')).toEqual({ type: 'send', intent: { type: 'skip', host: 'fra-1' } });
  });
});

describe('what was asked for', () => {
  test('is shown until the phase changes', () => {
    const screen = new RolloutScreen();
    screen.tell({ type: 'rollout.phase', phase: 'Progressing', reason: '' });
    screen.do({ type: 'sent', intent: { type: 'pause' }, refused: undefined });
    screen.tell({ type: 'bake.finished' });
    expect(screen.view.asked).toEqual({ type: 'pause' });
    screen.tell({ type: 'rollout.paused', reasons: ['manual'], reason: '' });
    expect(screen.view.asked).toBeUndefined();
  });

  test('and refused is said, with the reason', () => {
    const screen = new RolloutScreen();
    screen.do({ type: 'sent', intent: { type: 'pause' }, refused: 'it is over' });
    expect(screen.state.notice?.text).toBe('it is over');
  });
});
