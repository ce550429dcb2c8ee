import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loginIn } from '../../src/host/login.ts';

const folder = mkdtempSync(join(tmpdir(), 'slipway-login-'));
const there = join(folder, `it's $HOME "here"; false`);
mkdirSync(there);
// stands in for a login shell: says where it was started, and how
const shell = join(folder, 'shell');
writeFileSync(shell, '#!/bin/sh\nprintf "%s %s" "$1" "$(pwd)"\n');
chmodSync(shell, 0o755);

afterAll(() => rmSync(folder, { recursive: true }));

describe('a login in a folder', () => {
  test.each(['dash', 'bash', 'zsh', 'fish', 'tcsh'])('begins in the first one that is there, read by %s', (reader) => {
    const env = { PATH: process.env['PATH'], SHELL: shell, HOME: folder };
    const command = loginIn([join(folder, 'gone'), there, folder]);
    expect(execFileSync(reader, ['-c', command], { env, encoding: 'utf8' })).toBe(`-l ${there}`);
  });

  test('begins at home when none of them is there', () => {
    const env = { PATH: process.env['PATH'], SHELL: shell };
    const said = execFileSync('sh', ['-c', loginIn(['/nowhere/at/all'])], { env, cwd: folder, encoding: 'utf8' });
    expect(said).toBe(`-l ${folder}`);
  });
});
