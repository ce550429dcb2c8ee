import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { evaluate } from '../../../src/ssh/config/evaluate.ts';
import { splitCriteria, splitWords } from '../../../src/ssh/config/lexer.ts';
import { matchesPattern } from '../../../src/ssh/config/patterns.ts';

const { homedir: home, username: name } = userInfo();
let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'slipway-evaluate-'))));
afterAll(() => rm(folder, { recursive: true }));

async function evaluated(users: string | undefined, systems: string, mode = 0o600) {
  const [path, system] = [join(folder, 'user'), join(folder, 'system')];
  await rm(path, { force: true });
  if (users !== undefined) await writeFile(path, users);
  if (users !== undefined) await chmod(path, mode);
  await writeFile(system, systems);
  return evaluate({
    wanted: { host: 'a', user: undefined, port: undefined, jump: undefined },
    files: [
      { path, isUsers: true, isGuarded: true, isRequired: false },
      { path: system, isUsers: false, isGuarded: false, isRequired: false },
    ],
    local: { name, home, uid: 0 },
    env: {},
    exec: 'allowed',
  });
}

describe('the files of the user and of the system', () => {
  test('count both, and the first value wins', async () => {
    const config = await evaluated('User users\n', 'User systems\nPort 7\nInclude more\n');
    expect([config.get('user'), config.get('port')]).toEqual([['users'], ['7']]);
    expect((await evaluated(undefined, 'User systems\n')).get('user')).toEqual(['systems']);
  });

  test('include from their own folders', async () => {
    await writeFile(join(folder, 'beside'), 'Port 9\n');
    expect((await evaluated('Include beside\n', '')).get('port')).toEqual(['22']);
    expect((await evaluated('', 'Include beside\n')).get('port')).toEqual(['9']);
  });

  test('are refused where others can write to the one of the user', async () => {
    const refused = evaluated('User users\n', '', 0o666);
    await expect(refused).rejects.toMatchObject({
      code: 'SLIP_SSH_CONFIG',
      mend: expect.stringContaining('chmod go-w'),
    });
  });
});

test('words are split as a shell would, but for the backslashes that mean nothing', () => {
  expect(splitWords(String.raw`a "b c"d 'e "f' g\ h \i "j\"k" # l`)).toEqual([
    'a',
    'b cd',
    'e "f',
    'g h',
    '\\i',
    'j"k',
  ]);
  expect(splitWords('a#b ""')).toEqual(['a#b', '']);
  expect(splitWords('"a')).toBeUndefined();
  expect(splitCriteria('host=a,b !user "c d" exec = "e f" # g')).toEqual([
    'host',
    'a,b',
    '!user',
    'c d',
    'exec',
    'e f',
  ]);
});

test('patterns are matched in time that does not explode', () => {
  expect(matchesPattern('*a*b?', 'xxaxxbc')).toBe(true);
  expect(matchesPattern('a*', 'ba')).toBe(false);
  expect(matchesPattern('**', '')).toBe(true);
  const begun = performance.now();
  expect(matchesPattern(`${'*a'.repeat(50)}*b`, 'a'.repeat(5000))).toBe(false);
  expect(performance.now() - begun).toBeLessThan(500);
});
