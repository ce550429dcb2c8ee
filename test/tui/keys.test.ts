import { inspect } from 'node:util';
import type { Key } from 'ink';
import { describe, expect, test } from 'vitest';
import { initialState, type RolloutState } from '../../src/rollout/progress.ts';
import type { Phase } from '../../src/rollout/events.ts';
import { keysOf } from '../../src/tui/keys/input.ts';
import { resolve as resolveAll, resolvePaste } from '../../src/tui/keys/resolve.ts';
import { DIALOGS, SCREENS, type Scope } from '../../src/tui/keys/binding.ts';
import { bindingsOf, keyTable } from '../../src/tui/keys/table.ts';
import { askAbout, choice } from '../../src/tui/dialogs/choice.ts';
import type { UserAction } from '../../src/tui/actions.ts';
import { reduce } from '../../src/tui/reduce.ts';
import { newRollout } from '../../src/tui/screens/rollout/reduce.ts';
import type { PromptWords } from '../../src/ssh/prompt-words.ts';
import { Secret } from '../../src/tui/secret.ts';
import { type PromptView, type UiState, initialUi, noFleet } from '../../src/tui/state.ts';
import { NOW, calmFleet, plan, prepared } from './support/fleet.ts';

const SCOPES: readonly Scope[] = [...SCREENS, ...DIALOGS];

/** What a key does: one thing, in all that is tried here. */
function resolve(at: UiState, key: string): UserAction | undefined {
  return resolveAll(at, key)[0];
}

function state(change: Partial<UiState> = {}): UiState {
  const given = {
    now: NOW,
    size: { columns: 80, rows: 24 },
    looks: { palette: 'dark', ascii: false } as const,
    stages: [{ stage: 'production', protected: true }],
  };
  return {
    ...initialUi(given),
    stage: 'production',
    session: { app: 'greeter', stage: 'production', protected: true, hosts: ['fra-1'], instances: ['bot.1@fra-1'] },
    fleet: { ...noFleet, fleet: calmFleet(), readAt: NOW },
    screens: ['fleet'],
    ...change,
  };
}

function prompt(answer: PromptWords['answer'], text = ''): PromptView {
  return { words: { title: 'fra-1 asks', lines: [], label: 'Code', answer }, text: new Secret(text), openedAt: NOW };
}

function running(phase: Phase, change: Partial<UiState> = {}): UiState {
  const rolling: RolloutState = { ...initialState, rollout: 'r-1', phase, plan: plan() };
  return state({
    screens: ['fleet', 'rollout'],
    rollout: newRollout({ id: 'r-1', now: NOW, state: rolling }),
    ...change,
  });
}

describe('the key table', () => {
  test('gives every key one meaning in each place', () => {
    for (const scope of SCOPES) {
      const keys = bindingsOf(scope).flatMap((binding) => binding.keys);
      expect(keys, scope).toEqual([...new Set(keys)]);
    }
  });

  test('has an action, a label and a sentence for every id, and every id once', () => {
    expect(new Set(keyTable().map((binding) => binding.id)).size).toBe(keyTable().length);
    for (const binding of keyTable()) {
      expect(binding.label).not.toBe('');
      expect(binding.help).toMatch(/\.$/);
    }
  });

  test('offers a way out of every screen and dialog', () => {
    for (const scope of SCOPES) {
      const ids = bindingsOf(scope).map((binding) => binding.id);
      expect(ids, scope).toContain('interrupt');
      expect(
        ids.some((id) => ['back', 'cancel', 'close', 'no', 'stay', 'later', 'dropFilter'].includes(id)),
        scope,
      ).toBe(true);
    }
  });

  test('no single key changes anything on a host: each danger opens a question, a plan or needs a typed name', () => {
    const starts = new Set<string>();
    for (const scope of SCOPES) {
      const place = inScope(scope);
      for (const binding of bindingsOf(scope)) {
        const [action] = [binding.run(place) ?? []].flat();
        const isChange =
          action?.type === 'start' ||
          action?.type === 'accept' ||
          ((action?.type === 'send' || action?.type === 'tell') && ['abort', 'rollback'].includes(action.intent.type));
        if (isChange) starts.add(`${scope}: ${binding.id}`);
      }
    }
    // only answers to questions; starting on this protected stage is the answer to its typed name
    expect([...starts].sort()).toEqual(['ask: yes', 'quit: leaveRollback', 'typeStage: acceptStage']);
    for (const id of ['abort', 'rollback', 'deploy', 'planDeploy', 'planRollback', 'start', 'leaveRollback'] as const) {
      expect(keyTable().find((binding) => binding.id === id)?.danger).toBe(true);
    }
  });

  function inScope(scope: Scope): UiState {
    const planning = {
      kind: 'deploy' as const,
      target: '',
      since: 0,
      lines: [],
      problem: undefined,
      prepared: prepared(),
      shownAt: 0,
    };
    const base = running('Progressing', { planning });
    switch (scope) {
      case 'typeStage':
        return { ...base, dialog: { name: 'typeStage', text: 'production' } };
      case 'ask':
        return { ...base, dialog: askAbout('abort', 0) };
      case 'quit':
        return { ...base, dialog: choice('quit', 0) };
      case 'unfinished':
        return { ...base, dialog: choice('unfinished', 0) };
      case 'elsewhere':
        return { ...base, rollout: undefined, dialog: choice('elsewhere', 0) };
      case 'answer':
        return { ...base, prompt: prompt('hidden') };
      case 'trust':
        return { ...base, prompt: prompt('yesNo') };
      case 'filter':
        return { ...base, dialog: { name: 'filter', text: '', before: '' } };
      case 'palette':
      case 'views':
      case 'columns':
        return { ...base, dialog: { name: scope, text: '', chosen: 0 } };
      default:
        return { ...base, screens: ['fleet', scope] };
    }
  }
});

describe('keys of a protected stage', () => {
  const review = () => {
    const planned = reduce(reduce(state(), { type: 'plan', kind: 'deploy', target: '' }), {
      type: 'planned',
      prepared: prepared(),
    });
    return { ...planned, now: NOW + 1000 };
  };

  test('y on the plan asks for the name', () => {
    expect(resolve(review(), 'y')).toEqual({ type: 'openDialog', dialog: { name: 'typeStage', text: '' } });
  });

  test('the name has to be typed to the last letter before Enter starts', () => {
    const typing = (text: string): UiState => ({ ...review(), dialog: { name: 'typeStage', text } });
    expect(resolve(typing('productio'), 'enter')).toMatchObject({ type: 'notify' });
    expect(resolve(typing('production '), 'enter')).toMatchObject({ type: 'notify' });
    expect(resolve(typing('production'), 'enter')).toEqual({ type: 'start' });
  });

  test('letters typed into a field are text, not keys', () => {
    expect(resolve({ ...review(), dialog: { name: 'typeStage', text: '' } }, 'q')).toEqual({
      type: 'typed',
      text: 'q',
    });
  });
});

describe('keys that nobody meant', () => {
  test('an answer in the first moment of a question is ignored', () => {
    const asking = running('Progressing', { dialog: askAbout('abort', NOW) });
    expect(resolve({ ...asking, now: NOW + 100 }, 'y')).toEqual({ type: 'tooSoon' });
    expect(resolve({ ...asking, now: NOW + 400 }, 'y')).toEqual({ type: 'send', intent: { type: 'abort' } });
  });

  test('pasted text is no key', () => {
    expect(resolvePaste(running('Progressing'), 'ay')).toMatchObject({ type: 'notify' });
    const field = state({ screens: ['fleet', 'deploy'] });
    expect(resolvePaste(field, 'feature/x')).toEqual({ type: 'typed', text: 'feature/x' });
  });

  test('a key that is closed now says why', () => {
    expect(resolve(running('Paused'), 'p')).toEqual({
      type: 'notify',
      text: 'pause: cannot pause while Paused',
      style: 'warn',
    });
    expect(resolve(running('Progressing'), 'r')).toMatchObject({ text: 'resume: it is not paused' });
    const releases = state({ screens: ['fleet', 'releases'], cursor: { ...state().cursor, releases: 4 } });
    expect(resolve(releases, 'enter')).toMatchObject({ text: expect.stringContaining('marked bad') as string });
  });

  test('nothing is started beside a rollout that runs', () => {
    const fleet = running('Progressing', { screens: ['fleet'] });
    expect(resolve(fleet, 'd')).toMatchObject({ type: 'notify', text: 'deploy: a rollout runs (w shows it)' });
  });
});

describe('questions of hosts and keys', () => {
  const asking = (answer: PromptWords['answer'], text = '') => state({ prompt: prompt(answer, text), now: NOW + 1000 });

  test('take letters as text, and Enter as the end of it', () => {
    const typing = asking('hidden', 'secre');
    expect(resolve(typing, 'q')).toEqual({ type: 'typed', text: 'q' });
    const typed = reduce(typing, { type: 'typed', text: 't' });
    const sent = resolve(typed, 'enter');
    expect(sent).toMatchObject({ type: 'answer' });
    expect(sent?.type === 'answer' && sent.answer?.reveal()).toBe('secret');
    expect(reduce(typed, sent!).prompt).toBeUndefined();
    expect(reduce(typing, { type: 'erased', what: 'all' }).prompt!.text.reveal()).toBe('');
  });

  test('are declined by Esc, and a host key is trusted by y alone', () => {
    expect(resolve(asking('hidden'), 'esc')).toEqual({ type: 'answer', answer: undefined });
    expect(resolve(asking('yesNo'), 'n')).toEqual({ type: 'answer', answer: undefined });
    expect(resolve(asking('yesNo'), 'enter')).toBeUndefined();
    const yes = resolve(asking('yesNo'), 'y');
    expect(yes?.type === 'answer' && yes.answer?.reveal()).toBe('yes');
  });

  test('take no answer in their first moment, also when they waited behind a dialog', () => {
    const early = { ...asking('yesNo'), now: NOW + 100 };
    expect(resolve(early, 'y')).toEqual({ type: 'tooSoon' });
    const behind = { ...asking('yesNo'), dialog: { name: 'typeStage', text: '' } as const };
    expect(resolve(behind, 'y')).toEqual({ type: 'typed', text: 'y' });
    expect(resolve(reduce(behind, { type: 'closeDialog' }), 'y')).toEqual({ type: 'tooSoon' });
  });

  test('take pasted text to the letter, without its line end', () => {
    expect(resolvePaste(asking('hidden'), ' two  words\n')).toEqual({ type: 'typed', text: ' two  words' });
    expect(resolvePaste(asking('yesNo'), 'y')).toMatchObject({ type: 'notify' });
  });

  test('leave no letter of a secret in what prints the state', () => {
    const typing = asking('hidden', 'hunter2');
    expect(JSON.stringify(typing) + inspect(typing, { depth: 9, showHidden: true })).not.toContain('hunter2');
    expect(asking('hidden', 'x'.repeat(5000)).prompt!.text.reveal()).toHaveLength(1024);
  });
});

describe('leaving', () => {
  test('q asks while a rollout runs, and ends at once when none does', () => {
    expect(resolve(state(), 'q')).toEqual({ type: 'quit', how: 'ended' });
    expect(resolve(running('Progressing'), 'q')).toMatchObject({ type: 'openDialog', dialog: { name: 'quit' } });
  });

  test('the second Ctrl-C leaves, the third does not wait', () => {
    const once = running('Progressing');
    expect(resolve(once, 'ctrl+c')).toMatchObject({ type: 'openDialog', dialog: { name: 'quit' } });
    const twice = running('Progressing', { dialog: choice('quit', NOW) });
    expect(resolve(twice, 'ctrl+c')).toEqual({ type: 'quit', how: 'leave' });
    expect(resolve(running('Progressing', { quitting: 'leaving' }), 'ctrl+c')).toEqual({ type: 'quit', how: 'atOnce' });
  });
});

describe('a report of keys', () => {
  const none = Object.fromEntries(
    ['upArrow', 'downArrow', 'ctrl', 'meta', 'return', 'escape', 'tab', 'shift'].map((name) => [name, false]),
  ) as unknown as Key;

  test('is split into the keys that were typed fast', () => {
    expect(keysOf('jjk', none)).toEqual(['j', 'j', 'k']);
    expect(keysOf('ab\r', none)).toEqual(['a', 'b', 'enter']);
    expect(keysOf('é東', none)).toEqual(['é', '東']);
    expect(keysOf('y\u0015ab\u007f\u0003', none)).toEqual(['y', 'ctrl+u', 'a', 'b', 'backspace', 'ctrl+c']);
    expect(keysOf('a\u0000\u001c\u009b', none)).toEqual(['a']);
  });

  test('names the keys that have no character', () => {
    expect(keysOf('', { ...none, upArrow: true })).toEqual(['up']);
    expect(keysOf('c', { ...none, ctrl: true })).toEqual(['ctrl+c']);
    expect(keysOf('x', { ...none, meta: true })).toEqual([]);
    expect(keysOf('', { ...none, escape: true, meta: true })).toEqual(['esc']);
  });
});
