import { describe, expect, test } from 'vitest';
import { buildProgram } from '../../src/cli/program.ts';
import type { CliContext } from '../../src/cli/context.ts';
import { DIALOGS, SCREENS, type Scope } from '../../src/tui/keys/binding.ts';
import { bindingsOf, keyTable } from '../../src/tui/keys/table.ts';

const SCOPES: readonly Scope[] = [...SCREENS, ...DIALOGS];
const context = { stdout: process.stdout, stderr: process.stderr } as unknown as CliContext;
const commands = new Set(buildProgram(context, () => {}).commands.map((command) => command.name()));

describe('a walk over all actions and scopes', () => {
  test('finds no key with two meanings in one place', () => {
    for (const scope of SCOPES) {
      const keys = bindingsOf(scope).flatMap((binding) => binding.keys);
      expect(keys, scope).toEqual([...new Set(keys)]);
    }
  });

  test('finds a twin on the command line for everything that does more than show', () => {
    for (const { id, twin } of keyTable()) {
      if (twin === 'view') continue;
      const [, word = 'STAGE'] = twin.split(' ');
      expect(word === 'STAGE' || commands.has(word), `${id}: ${twin}`).toBe(true);
    }
  });

  test('finds no danger without a twin', () => {
    expect(keyTable().filter(({ danger, twin }) => danger && twin === 'view')).toEqual([]);
  });

  test('finds every scope of an action to be a screen or a question', () => {
    for (const { id, scopes } of keyTable())
      for (const scope of scopes) expect(SCOPES, `${id} in ${scope}`).toContain(scope);
  });

  test('finds every action by its name in the palette or in a question', () => {
    for (const { id, label, keys, scopes } of keyTable()) {
      expect(label, id).not.toBe('');
      expect(keys.length > 0 || scopes.some((scope) => SCREENS.some((one) => one === scope)), id).toBe(true);
    }
  });
});
