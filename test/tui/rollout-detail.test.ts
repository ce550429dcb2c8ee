import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/analysis/finding.ts';
import type { Verdict } from '../../src/analysis/verdict.ts';
import type { EvidencePart } from '../../src/host/evidence.ts';
import type { Plan, Step } from '../../src/rollout/plan.ts';
import type { Size } from '../../src/tui/state.ts';
import { INSTANCES, OLD, plan } from './support/fleet.ts';
import { RolloutScreen } from './support/rollout-screen.ts';

const [one, two] = INSTANCES as [string, string];
const SIZES: readonly Size[] = [
  { columns: 60, rows: 15 },
  { columns: 79, rows: 40 },
  { columns: 80, rows: 24 },
  { columns: 119, rows: 15 },
  { columns: 120, rows: 40 },
  { columns: 200, rows: 60 },
];

const EVIDENCE: Readonly<Record<EvidencePart, readonly string[]>> = {
  exit: ['exit status 1'],
  status: ['ActiveState=failed SubState=failed'],
  ports: ['the health port 5001: nobody listens there'],
  response: ['500', 'the token has expired'],
  log: Array.from({ length: 50 }, (_, index) => `line ${index + 1}`),
};

/** The first one has failed, is back, and the rollout waits. */
function failed(size: Size): RolloutScreen {
  const screen = new RolloutScreen({ size });
  screen.step(2);
  for (const state of ['switched', 'starting', 'verifying'] as const) screen.is(one, state);
  screen.is(one, 'failed', { reason: 'it crashed 2 times' });
  for (const [part, lines] of Object.entries(EVIDENCE))
    screen.tell({ type: 'instance.evidence', instance: one, part: part as EvidencePart, lines });
  screen.is(one, 'reverted', { reason: 'it crashed 2 times', release: OLD });
  screen.tell({ type: 'rollout.paused', reasons: ['failure'], reason: `${one}: it crashed 2 times`, failed: [one] });
  return screen;
}

describe('what was gathered of an instance that failed', () => {
  test('is shown when it has failed: the facts, and its newest lines at the bottom', () => {
    const rows = failed({ columns: 120, rows: 40 }).text.split('\n');
    for (const part of ['exit', 'status', 'ports', 'response'] as const)
      expect(rows.join('\n')).toMatch(new RegExp(`│ ${part} +${EVIDENCE[part][0]!}`));
    expect(rows.at(-3)).toMatch(/line 50$/);
    expect(rows.join('\n')).toMatch(/log +\d+ more lines above/);
  });

  test('is scrolled by the arrows once Tab has moved them there, and End shows the newest again', () => {
    const screen = failed({ columns: 120, rows: 40 });
    const before = screen.text;
    screen.press('tab', 'k', 'k');
    expect(screen.text).toContain('line 48');
    expect(screen.text).not.toContain('line 49');
    screen.press('g');
    expect(screen.text).toContain('exit status 1');
    screen.press('G', 'tab');
    expect(screen.text).toBe(before);
  });

  test('gives way to the log and comes back with b', () => {
    const screen = failed({ columns: 80, rows: 24 });
    expect(screen.text).toContain(`why ${one} failed`);
    screen.press('b');
    expect(screen.text).toContain(`log of ${one}`);
    screen.press('b');
    expect(screen.text).toContain(`why ${one} failed`);
  });

  test('comes in place of the list where there is no room for both', () => {
    const screen = failed({ columns: 60, rows: 15 });
    expect(screen.text).not.toContain('exit status 1');
    screen.press('e', 'enter');
    expect(screen.text).toContain('exit status 1');
    screen.press('tab');
    expect(screen.text).toContain('▓▓▓✗░░ reverted');
  });

  test('is none of an instance that has not failed, and b says so', () => {
    const screen = failed({ columns: 80, rows: 24 });
    screen.do({ type: 'toLine', line: two });
    screen.press('b');
    expect(screen.state.notice?.text).toBe(`why/log: nothing was gathered of ${two}: it has not failed`);
  });
});

describe('what must never be cut', () => {
  test.each(SIZES)('the phase and every key that is open, at $columns x $rows', (size) => {
    const { text } = failed(size);
    expect(text).toContain('‖ Paused');
    for (const power of ['r resume', 't try again', 'x skip host', 'a abort', 'R roll back'])
      expect(text.split('\n').some((row) => new RegExp(`(^| )${power}( |$)`).test(row))).toBe(true);
  });

  test.each(SIZES)('the phase of an instance and its time left, at $columns x $rows', (size) => {
    const long = `bot.${'x'.repeat(60)}@${'y'.repeat(60)}`;
    const base = plan();
    const steps: Step[] = [base.steps[0]!, { type: 'update', instances: [long] }];
    const planned: Plan = plan({ steps, instances: [{ ...base.instances[0]!, instance: long }] });
    const screen = new RolloutScreen({ plan: planned, size });
    screen.step(2);
    const deadline = screen.state.now + 120_000;
    const state = { type: 'instance.state', instance: long, state: 'verifying', release: base.release.id } as const;
    screen.tell({ ...state, reason: '', deadline });
    const row = screen.text.split('\n').find((line) => line.includes('▓▓▓▒░░'))!;
    expect(row).toContain('▓▓▓▒░░ verifying 4/6');
    expect(row).toContain('2m00s left');
    expect(screen.text.split('\n').slice(2, 8).join('\n')).toContain(' 2m00s left ');
  });

  test.each(SIZES)('and no row is wider or narrower than $columns', (size) => {
    const screen = failed(size);
    for (const key of ['', 'tab', 'b']) {
      screen.press(key);
      const rows = screen.painted;
      expect(rows).toHaveLength(size.rows);
      expect(new Set(rows.map((row) => stringWidth(row)))).toEqual(new Set([size.columns]));
    }
  });
});

describe('the end', () => {
  test('names how long it took, what has failed and what to type next', () => {
    const screen = failed({ columns: 80, rows: 24 });
    screen.tell({ type: 'rollout.started' });
    screen.wait(72_000);
    screen.tell({ type: 'rollout.finished', phase: 'RolledBack', reason: '', exitCode: 4 });
    screen.do({ type: 'rolloutEnded', outcome: { exitCode: 4, message: 'All is back.', next: 'slipway logs' } });
    screen.wait(3_600_000);
    expect(screen.text).toContain('All is back.');
    expect(screen.text).toContain(`It took 1m12s. Failed: ${one} (e goes there).`);
    expect(screen.text).toContain('next: slipway logs');
  });
});

describe('a canary that is watched', () => {
  const steps: Step[] = [
    plan().steps[0]!,
    { type: 'update', instances: [one] },
    { type: 'analyze', canaries: [one], ms: 600_000 },
    { type: 'update', instances: INSTANCES.slice(1) },
  ];
  const common = {
    weight: 'critical',
    n: [24, 120],
    threshold: '5 or more, 2 x',
    why: 'as rare as elsewhere',
  } as const;
  const findings: readonly Finding[] = [
    { ...common, metric: 'health', outcome: 'pass', canary: '0 of 24', baseline: '0 of 120' },
    { ...common, metric: 'errorLines', outcome: 'fail', canary: '9 of 24', baseline: '1 of 120', p: 0.0008, ratio: 45 },
    { ...common, metric: 'memory', outcome: 'noData', canary: 'unknown', baseline: 'unknown' },
  ];

  function watched(size: Size, verdict: Verdict = 'Running'): RolloutScreen {
    const screen = new RolloutScreen({ plan: plan({ steps }), size });
    screen.tell({ type: 'rollout.phase', phase: 'Progressing', reason: '' });
    screen.step(3);
    const roles = [{ role: 'bot', canaries: [one], baselines: [two], against: 'others' as const }];
    const span = { began: screen.state.now, until: screen.state.now + 600_000, stableFrom: undefined };
    screen.tell({ type: 'analysis.started', ...span, release: plan().release.id, sampleEveryMs: 10_000, roles });
    const look = { verdict, reason: 'errors', findings };
    screen.tell({ type: 'analysis.verdict', role: 'bot', canaries: [one], baselines: [two], look });
    return screen;
  }

  test('is shown with all its numbers, what it would take to fail, and why', () => {
    const { text } = watched({ columns: 120, rows: 40 });
    expect(text).toContain(`Running  bot  ${one} beside ${two}`);
    expect(text).toMatch(/METRIC +RESULT +CANARY +BASELINE +RATIO +N +P +FAILS AT/);
    expect(text).toMatch(/errorLines +✗ fail +9 of 24 +1 of 120 +45\.0 x +24\/120 +0\.00080 +5 or more, 2 x/);
    expect(text).toContain('errorLines: as rare as elsewhere (fails at 5 or more, 2 x)');
    expect(text).toMatch(/log errors +canary .* baseline/);
  });

  test('keeps what is not well where not all metrics fit', () => {
    const { text } = watched({ columns: 80, rows: 17 });
    expect(text).toContain('errorLines');
    expect(text).toMatch(/\d of 3 metrics/);
  });

  test('is worse: its instance counts as failed, and the verdict says why', () => {
    const screen = watched({ columns: 120, rows: 40 }, 'Failed');
    expect(screen.text).toContain('✗ Failed  bot');
    screen.press('e');
    expect(screen.view.cursor).toBe(one);
  });

  test('is looked at again by going to its step', () => {
    const screen = watched({ columns: 120, rows: 40 }, 'Successful');
    screen.step(4);
    expect(screen.text).not.toContain('METRIC');
    screen.do({ type: 'toLine', line: '#2' });
    expect(screen.text).toContain('METRIC');
  });
});
