import { describe, expect, it } from 'vitest';
import { createControls } from '../../src/rollout/controls.ts';
import type { PauseReason, Phase } from '../../src/rollout/events.ts';
import type { Intent } from '../../src/rollout/session.ts';
import { isOver, MOVES, refusal, type Whereabouts } from '../../src/rollout/transitions.ts';

const PHASES = Object.keys(MOVES) as Phase[];
const INTENTS: readonly Intent[] = [
  ...(['pause', 'resume', 'abort', 'rollback', 'leave'] as const).map((type) => ({ type })),
  { type: 'approve', scope: 'step', why: '' },
  { type: 'retry', instance: 'bot.1@h1' },
  { type: 'skip', host: 'h1' },
];

function at(phase: Phase, ...pauseReasons: readonly PauseReason[]): Whereabouts {
  return { stage: 'live', phase, pauseReasons, failed: ['bot.1@h1'], hosts: ['h1'], hasSlots: false };
}

const legal = (where: Whereabouts) =>
  INTENTS.filter((intent) => refusal(intent, where) === undefined).map(({ type }) => type);

describe('the table', () => {
  it('lets every phase that is not over come to one that is', () => {
    const ends = (phase: Phase, seen: readonly Phase[]): boolean =>
      isOver(phase) || MOVES[phase].some((next) => !seen.includes(next) && ends(next, [...seen, phase]));
    for (const phase of PHASES) expect(ends(phase, []), phase).toBe(true);
    expect(PHASES.filter(isOver)).toEqual(['Succeeded', 'Aborted', 'RolledBack']);
  });

  it.each<[Phase, readonly PauseReason[], readonly string[]]>([
    ['Pending', [], ['pause', 'abort', 'rollback', 'leave']],
    ['Staging', [], ['pause', 'abort', 'rollback', 'leave']],
    ['Progressing', [], ['pause', 'abort', 'rollback', 'leave']],
    ['Paused', ['manual'], ['resume', 'abort', 'rollback', 'leave']],
    ['Paused', ['gate'], ['abort', 'rollback', 'leave', 'approve']],
    ['Paused', ['inconclusive'], ['resume', 'abort', 'rollback', 'leave', 'approve']],
    ['Paused', ['failure'], ['resume', 'abort', 'rollback', 'leave', 'retry', 'skip']],
    ['Paused', ['deadline'], ['resume', 'abort', 'rollback', 'leave', 'retry', 'skip']],
    ['Paused', ['hostUnreachable'], ['resume', 'abort', 'rollback', 'leave', 'retry', 'skip']],
    ['Paused', ['controllerLost'], ['resume', 'abort', 'rollback', 'leave', 'retry', 'skip']],
    ['Aborting', [], ['leave']],
    ['RollingBack', [], ['abort', 'leave']],
    ['RollbackPaused', ['failure'], ['resume', 'abort', 'rollback', 'leave']],
    ['Succeeded', [], []],
    ['Aborted', [], []],
    ['RolledBack', [], []],
  ])('in %s (%j) takes %j, and refuses all else with a reason', (phase, reasons, taken) => {
    const where = at(phase, ...reasons);
    expect(legal(where)).toEqual(taken);
    for (const intent of INTENTS) expect(refusal(intent, where)).not.toBe('');
  });

  it('says at a gate what opens it', () => {
    expect(refusal({ type: 'resume' }, at('Paused', 'gate'))).toBe('it waits for approval: slipway approve live');
  });

  it('tries nothing again that has not failed, and skips no host twice', () => {
    const where: Whereabouts = { ...at('Paused', 'failure'), failed: [], hosts: [] };
    expect(refusal({ type: 'retry', instance: 'bot.1@h1' }, where)).toBe('bot.1@h1 has not failed');
    expect(refusal({ type: 'skip', host: 'h1' }, where)).toBe('h1 is left out already');
  });
});

describe('the engine', () => {
  it('makes no move that the table does not have', () => {
    for (const from of PHASES) {
      for (const to of PHASES.filter((phase) => !MOVES[from].includes(phase))) {
        const controls = createControls('live');
        path(from).forEach((phase) => controls.enter(phase));
        expect(() => controls.enter(to), `${from} to ${to}`).toThrow(`does not go from ${from} to ${to}`);
      }
    }
  });

  it('forgets answers to a pause that is over, and hears nobody once it is closed', () => {
    const controls = createControls('live');
    path('Paused').forEach((phase) => controls.enter(phase));
    controls.wait({ pauseReasons: ['manual'], failed: [], hosts: [], hasSlots: false });
    expect(controls.send({ type: 'resume' }, 'ana')).toBeUndefined();
    controls.enter('Progressing');
    expect(controls.takeAnswers()).toEqual([]);
    controls.close('it has ended');
    expect(controls.send({ type: 'abort' }, 'ana')).toBe('it has ended');
    expect(controls.urgent()).toBeUndefined();
  });
});

/** A shortest way to a phase, without the first. */
function path(to: Phase): readonly Phase[] {
  let ways: readonly (readonly Phase[])[] = [['Pending']];
  for (;;) {
    const found = ways.find((way) => way.at(-1) === to);
    if (found) return found.slice(1);
    ways = ways.flatMap((way) => MOVES[way.at(-1)!].map((next) => [...way, next]));
  }
}
