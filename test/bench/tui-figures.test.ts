import { describe, expect, it } from 'vitest';
import type { TuiFindings } from '../../bench/parts/tui.ts';
import { percentile } from '../../bench/reporting/figures.ts';
import { tuiSectionsOf } from '../../bench/reporting/tui-sections.ts';
import { onTui } from '../../bench/reporting/tui-verdicts.ts';
import { ticksOf } from '../../bench/tui/cpu.ts';
import type { SceneResult } from '../../bench/tui/scenes.ts';
import { SIZES } from '../../bench/tui/screen.ts';

const [small, large] = [SIZES[0]!, SIZES[1]!];

function done<T>(found: T, change: Partial<Extract<SceneResult<T>, { type: 'done' }>> = {}): SceneResult<T> {
  return { type: 'done', size: small, found, frames: 10, overflow: undefined, ...change };
}

const spell = (change = {}) => ({ lastedMs: 10_000, frames: 40, bytes: 30_000, cpuMs: 1500, ...change });
const keys = (ms: readonly number[], lost = 0) => ({ spell: spell(), ms, lost, linesPerSecond: 9998.4 });
const memory = (...bytes: readonly number[]) => bytes.map((one, index) => ({ minute: 5 * (index + 1), bytes: one }));

const starts = {
  bare: [50, 60, 40],
  firstFrame: [200, 900, 250].map((ms) => ({ ms, cpuMs: 230 })),
  firstByte: new Map([
    ['--help', [60, 70]],
    ['status', [80, 90]],
  ]),
};

function findings(change: Partial<TuiFindings> = {}): TuiFindings {
  return {
    starts,
    idle: [done(spell({ lastedMs: 5000, frames: 0 }))],
    echo: [done(keys([1, 2]))],
    cursor: [done(keys([10, 20]))],
    help: [done(undefined)],
    busy: [done(spell())],
    memory: [done(memory(40e6, 42e6, 44e6))],
    ...change,
  };
}

const broken = (change: Partial<TuiFindings>) => onTui(findings(change)).filter(({ kept }) => !kept);

describe('the promises of the full-screen program', () => {
  it('are each judged when all of it was measured', () => {
    expect(onTui(findings()).map(({ value, kept }) => [value, kept])).toEqual([
      ...[
        ['250 ms', true],
        ['85 ms', true],
        ['20 ms', true],
        ['0', true],
        ['15 %', true],
        ['1.10 x', true],
        ['none', true],
      ],
    ]);
  });

  it('are not judged when it was left out', () => {
    expect(onTui(undefined)).toEqual([]);
    expect(tuiSectionsOf(undefined)).toEqual([]);
  });

  it('bound the median of the starts, and the slowest of the plain commands', () => {
    const slow = { ...starts, firstFrame: [301, 301, 100].map((ms) => ({ ms, cpuMs: ms })) };
    expect(broken({ starts: slow }).map(({ value }) => value)).toEqual(['301 ms']);
    const late = { ...starts, firstByte: new Map([...starts.firstByte, ['deploy --help', [101]]]) };
    expect(broken({ starts: late })[0]).toMatchObject({ value: '101 ms' });
    expect(broken({ starts: late })[0]!.what).toContain('slipway deploy --help');
  });

  it('count a key that is lost among the slow ones', () => {
    const quick = Array.from({ length: 19 }, () => 10);
    expect(broken({ cursor: [done(keys([...quick, 500]))] })).toEqual([]);
    expect(broken({ cursor: [done(keys([...quick.slice(1), 500, 51]))] })[0]!.value).toBe('51 ms');
    expect(broken({ cursor: [done(keys(quick.slice(1), 2))] })[0]!.value).toBe('never');
  });

  it('bound the worse of the two sizes', () => {
    const busy = [done(spell()), done(spell({ cpuMs: 2100 }), { size: large })];
    expect(broken({ busy }).map(({ value, bound }) => [value, bound])).toEqual([['21 %', 'at most 20 %']]);
  });

  it('let an idle screen move on its ages once, and no more', () => {
    expect(broken({ idle: [done(spell({ lastedMs: 5000, frames: 1 }))] })).toEqual([]);
    expect(broken({ idle: [done(spell({ lastedMs: 5000, frames: 2 }))] })[0]!.value).toBe('2');
  });

  it('compare the memory at the end with that of the first look', () => {
    expect(broken({ memory: [done(memory(40e6, 39e6, 50.1e6))] })[0]!.value).toBe('1.25 x');
    expect(broken({ memory: [done(memory(40e6, 90e6, 50e6))] })).toEqual([]);
  });

  it('are broken by one frame that is larger than its terminal, whatever the scene', () => {
    const overflow = '"x" right of column 200, in row 3';
    const found = broken({ idle: [done(spell({ frames: 0 }), { size: large, overflow })] });
    expect(found).toMatchObject([{ value: `200x60: ${overflow}` }]);
  });

  it('are broken by a scene that cannot be played, while the others are judged', () => {
    const failed = { type: 'failed', size: small, reason: 'The screen never showed the plan:\nslipway' } as const;
    expect(broken({ busy: [failed] }).map(({ what, value }) => [what, value])).toEqual([
      ['every scene can be played (80x24)', 'The screen never showed the plan:'],
    ]);
    expect(onTui(findings({ busy: [failed] }))).toHaveLength(7);
  });
});

describe('the figures of the full-screen program', () => {
  it('are told a scene and a size in a row; what is not there is left out', () => {
    const [first, work, minutes] = tuiSectionsOf(findings());
    expect(first!.rows[1]).toEqual([
      ...['first frame of the full-screen program', '250 ms', '200 ms to 900 ms', '5.00 x', '230 ms', '3'],
    ]);
    expect(work!.rows).toEqual([
      ['nothing happens, 80x24', '0.0', '6.0 kB', '30 %'],
      ['a rollout, 80x24', '4.0', '3.0 kB', '15 %'],
      ['a rollout, logs rush by, 80x24', '4.0', '3.0 kB', '15 %', '15 ms', '20 ms', '9998'],
      ['`cat`, 80x24', '4.0', '3.0 kB', '15 %', '2 ms', '2 ms', '9998'],
    ]);
    expect(minutes).toMatchObject({
      head: ['', 'after 5 min', 'after 10 min', 'after 15 min'],
      rows: [['a rollout, 80x24', '40 MB', '42 MB', '44 MB']],
    });
  });

  it('have percentiles that were really measured', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([percentile(hundred, 95), percentile([7], 95), percentile([1, 2], 50)]).toEqual([95, 7, 1]);
    expect(percentile([], 95)).toBeNaN();
  });

  it('read processor time whatever a process calls itself', () => {
    const rest = 'S 1 2 3 4 5 6 7 8 9 10 321 45 0 0';
    expect(ticksOf(`77 (node) ${rest}`)).toBe(366);
    expect(ticksOf(`77 (a) b (c)) ${rest}`)).toBe(366);
  });
});
