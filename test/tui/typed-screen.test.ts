import { describe, expect, test } from 'vitest';
import type { UserAction } from '../../src/tui/actions.ts';
import { resolve as resolveAll, resolvePaste } from '../../src/tui/keys/resolve.ts';
import { bindingsOf } from '../../src/tui/keys/table.ts';
import { reduce } from '../../src/tui/reduce.ts';
import { Secret } from '../../src/tui/secret.ts';
import { type PromptView, type UiState, initialUi } from '../../src/tui/state.ts';
import { NOW } from './support/fleet.ts';

const picking: UiState = {
  ...initialUi({ now: NOW, size: { columns: 80, rows: 24 }, looks: { palette: 'dark', ascii: false }, stages: [] }),
  screens: ['fleet', 'deploy'],
};

const trust: PromptView = {
  words: { title: 'fra-1 asks', lines: [], label: 'Trust', answer: 'yesNo' },
  text: new Secret(),
  openedAt: NOW,
};

function resolve(at: UiState, key: string): UserAction | undefined {
  return resolveAll(at, key)[0];
}

describe('keys of a screen that is typed into', () => {
  test('letters are text, whatever they do elsewhere; named keys stay keys', () => {
    for (const letter of ['q', 'j', 'G', ':', '?', 'Y', '東']) {
      expect(resolve(picking, letter)).toEqual({ type: 'typed', text: letter });
    }
    expect(resolve(picking, 'down')).toEqual({ type: 'move', to: 'down' });
    expect(resolve(picking, 'pageDown')).toEqual({ type: 'move', to: 'pageDown' });
    expect(resolve(picking, 'ctrl+u')).toEqual({ type: 'erased', what: 'all' });
    expect(resolve(picking, 'backspace')).toEqual({ type: 'erased', what: 'character' });
    expect(resolve(picking, 'esc')).toEqual({ type: 'back' });
    expect(bindingsOf('deploy').flatMap(({ keys }) => keys)).not.toContain('q');
  });

  test('a question of a host waits until nothing is typed any more', () => {
    const asked = { ...picking, prompt: trust, now: NOW + 1000 };
    expect(resolve(asked, 'n')).toEqual({ type: 'typed', text: 'n' });
    expect(resolvePaste(asked, 'main')).toEqual({ type: 'typed', text: 'main' });
    const left = reduce(asked, { type: 'back' });
    expect(resolve(left, 'y')).toEqual({ type: 'tooSoon' });
    expect(resolve({ ...left, now: NOW + 2000 }, 'n')).toEqual({ type: 'answer', answer: undefined });
  });

  test('the palette opens over it, and finds what has no key there', () => {
    const palette = reduce(picking, resolve(picking, 'ctrl+p')!);
    expect(palette.dialog).toMatchObject({ name: 'palette' });
    expect(bindingsOf('deploy').find(({ id }) => id === 'help')?.keys).toEqual([]);
  });
});
