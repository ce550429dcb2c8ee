import { describe, expect, test } from 'vitest';
import type { Plan, Step } from '../../src/rollout/plan.ts';
import { failures } from '../../src/tui/screens/rollout/select.ts';
import { type Stand, standOf } from '../../src/tui/screens/rollout/stand.ts';
import { strip, word } from '../../src/tui/screens/rollout/strip.ts';
import { cursorIndex, treeLines } from '../../src/tui/screens/rollout/tree.ts';
import { themeOf } from '../../src/tui/theme.ts';
import { INSTANCES, NEW, OLD, plan } from './support/fleet.ts';
import { manyPlan } from './support/rollout-scenes.ts';
import { RolloutScreen } from './support/rollout-screen.ts';

const { glyphs } = themeOf({ palette: 'mono', ascii: false });
const [one, two, three] = INSTANCES as [string, string, string];

function keysOf(screen: RolloutScreen): readonly string[] {
  return treeLines(screen.state, screen.view).map(({ key }) => key);
}

function pointedAt(screen: RolloutScreen): string | undefined {
  const lines = treeLines(screen.state, screen.view);
  return lines[cursorIndex(screen.view, lines)]?.key;
}

/** A first one, a bake, then batches of `size`. */
function batched(size: number): Plan {
  const rest = INSTANCES.slice(1);
  const batches = Array.from({ length: Math.ceil(rest.length / size) }, (_, index): Step => {
    return { type: 'update', instances: rest.slice(index * size, index * size + size) };
  });
  const [stage] = plan().steps;
  return plan({ steps: [stage!, { type: 'update', instances: [one] }, { type: 'bake', ms: 1000 }, ...batches] });
}

/** Tall enough that all is open. */
function tall(of: Plan): RolloutScreen {
  return new RolloutScreen({ plan: of, size: { columns: 120, rows: 60 } });
}

describe('the tree', () => {
  test('has the steps of the plan in order, a batch of one as its instance, and those of a batch below it', () => {
    expect(keysOf(tall(batched(3)))).toEqual([
      '#0',
      one,
      '#2',
      '#3',
      ...INSTANCES.slice(1, 4),
      '#4',
      ...INSTANCES.slice(4),
    ]);
  });

  test('shows what is left alone behind all steps', () => {
    const steps = plan().steps.slice(0, 2);
    expect(keysOf(tall(plan({ steps })))).toEqual(['#0', one, '#2', ...INSTANCES.slice(1)]);
  });

  test('folds what is done and what is to come where room is short, and keeps the step at work open', () => {
    const screen = new RolloutScreen({ plan: manyPlan() });
    screen.step(5);
    const lines = treeLines(screen.state, screen.view);
    expect(lines.filter(({ type, at }) => type === 'instance' && at.instances.length > 1)).toHaveLength(8);
    screen.step(6);
    expect(treeLines(screen.state, screen.view).find(({ key }) => key === '#4')).toMatchObject({ isOpen: false });
  });

  test('keeps a step open in which something has failed', () => {
    const screen = new RolloutScreen({ plan: manyPlan() });
    const [failed] = (manyPlan().steps[4] as Extract<Step, { type: 'update' }>).instances;
    screen.step(5);
    screen.is(failed!, 'failed', { reason: 'it crashed' });
    screen.step(6);
    expect(keysOf(screen)).toContain(failed);
  });

  test('Enter on a step closes it and opens it again, whatever is at work', () => {
    const screen = tall(batched(3));
    screen.do({ type: 'toLine', line: '#3' });
    screen.press('enter');
    expect(keysOf(screen)).not.toContain(two);
    screen.press('enter');
    expect(keysOf(screen)).toContain(two);
  });

  test('Enter on a step without instances says that there is nothing in it', () => {
    const screen = tall(batched(3));
    screen.do({ type: 'toLine', line: '#2' });
    screen.press('enter');
    expect(screen.state.notice?.text).toBe('open: there is nothing in this step');
  });

  test('Enter on an instance pins its log', () => {
    const screen = tall(batched(3));
    screen.do({ type: 'toLine', line: three });
    screen.press('enter');
    expect(screen.view.pinned).toBe(three);
  });

  test('makes no cells for what is not shown', () => {
    const screen = new RolloutScreen({ plan: manyPlan(5000, 50), size: { columns: 120, rows: 40 } });
    const shown = screen.text.split('\n');
    expect(shown).toHaveLength(40);
    expect(keysOf(screen).length).toBeGreaterThan(600);
  });
});

describe('the cursor of the tree', () => {
  test('follows the instance at work, and between two of them the step', () => {
    const screen = tall(batched(3));
    screen.step(2);
    screen.is(one, 'starting');
    expect(pointedAt(screen)).toBe(one);
    screen.is(one, 'updated');
    screen.step(3);
    expect(pointedAt(screen)).toBe('#2');
    screen.step(4);
    screen.is(three, 'starting');
    expect(pointedAt(screen)).toBe(three);
  });

  test('stays on its line when steps above it open or close', () => {
    const screen = new RolloutScreen({ plan: manyPlan() });
    screen.do({ type: 'toLine', line: '#7' });
    screen.step(5);
    expect(pointedAt(screen)).toBe('#7');
  });

  test('stands on the step when that is closed over its instance', () => {
    const screen = tall(batched(3));
    screen.do({ type: 'toLine', line: two });
    screen.do({ type: 'foldStep', index: 3, to: 'closed' });
    expect(pointedAt(screen)).toBe('#3');
  });

  test('goes to the next and the previous failed instance, around the end, and opens what is closed', () => {
    const screen = tall(batched(3));
    screen.press('e');
    expect(screen.state.notice?.text).toBe('next failed: nothing has failed');
    const last = INSTANCES.at(-1)!;
    for (const id of [two, last]) screen.is(id, 'failed', { reason: 'it crashed' });
    screen.do({ type: 'foldStep', index: 3, to: 'closed' });
    screen.press('e');
    expect(pointedAt(screen)).toBe(two);
    screen.press('e');
    expect(pointedAt(screen)).toBe(last);
    screen.press('e');
    expect(pointedAt(screen)).toBe(two);
    screen.press('E');
    expect(pointedAt(screen)).toBe(last);
  });

  test('goes to what has failed when the rollout is over, unless someone looks at something else', () => {
    const over = { type: 'rolloutEnded', outcome: { exitCode: 4, message: 'Back.', next: undefined } } as const;
    const [screen, busy] = [tall(batched(3)), tall(batched(3))];
    for (const shown of [screen, busy]) shown.is(two, 'failed', { reason: 'it crashed' });
    busy.do({ type: 'toLine', line: one });
    for (const shown of [screen, busy]) shown.do(over);
    expect(pointedAt(screen)).toBe(two);
    expect(pointedAt(busy)).toBe(one);
  });
});

describe('the phases of an instance', () => {
  const drawn = (stand: Stand) => `${strip(stand, glyphs)} ${word(stand)}`;
  const at = (screen: RolloutScreen, id: string) => drawn(standOf(screen.view, id));

  test('go from left to right, with a glyph and a word each', () => {
    const screen = tall(plan({ steps: plan().steps.slice(0, 2) }));
    const seen = [at(screen, one)];
    screen.step(2);
    for (const state of ['switched', 'starting', 'verifying', 'updated'] as const) {
      screen.is(one, state);
      seen.push(at(screen, one));
    }
    expect(seen).toEqual([
      '░░░░░░ old',
      '▓▒░░░░ switched 2/6',
      '▓▓▒░░░ starting 3/6',
      '▓▓▓▒░░ verifying 4/6',
      '▓▓▓▓▓▓ updated',
    ]);
    expect(at(screen, two)).toBe('░░░░░░ old');
  });

  test('are only through once the step that watches it is', () => {
    const screen = tall(batched(3));
    screen.step(2);
    screen.is(one, 'updated');
    expect(at(screen, one)).toBe('▓▓▓▓░░ updated 4/6');
    screen.step(3);
    screen.tell({ type: 'bake.started', until: screen.state.now + 1000, instances: [one] });
    expect(at(screen, one)).toBe('▓▓▓▓▒░ baking 5/6');
    screen.tell({ type: 'bake.finished' });
    screen.step(4);
    expect(at(screen, one)).toBe('▓▓▓▓▓▓ updated');
  });

  test('say where it failed, also once it is back', () => {
    const screen = tall(batched(3));
    for (const state of ['switched', 'starting', 'verifying'] as const) screen.is(one, state);
    screen.is(one, 'failed', { reason: 'it crashed' });
    expect(at(screen, one)).toBe('▓▓▓✗░░ failed');
    screen.is(one, 'reverting', { reason: 'it crashed', release: OLD });
    expect(at(screen, one)).toBe('▓▒░░░░ reverting 2/6');
    screen.is(one, 'verifying', { release: OLD });
    expect(at(screen, one)).toBe('▓▓▓▒░░ reverting 4/6');
    screen.is(one, 'reverted', { reason: 'it crashed', release: OLD });
    expect(at(screen, one)).toBe('▓▓▓✗░░ reverted');
  });

  test('what is updated to the release before is reverted', () => {
    const screen = tall(batched(3));
    screen.is(one, 'updated');
    screen.tell({ type: 'rollout.phase', phase: 'RollingBack', reason: '' });
    screen.is(one, 'stopped', { release: NEW });
    expect(at(screen, one)).toBe('▒░░░░░ reverting 1/6');
    screen.is(one, 'updated', { release: OLD });
    expect(at(screen, one)).toBe('░░░░░░ reverted');
  });

  test('a failure is forgotten once it is tried again', () => {
    const screen = tall(batched(3));
    screen.is(one, 'failed', { reason: 'it crashed' });
    screen.is(one, 'reverted', { reason: 'it crashed', release: OLD });
    expect(failures(screen.view)).toEqual([one]);
    screen.is(one, 'switched');
    expect(failures(screen.view)).toEqual([]);
  });
});
