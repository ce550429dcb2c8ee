import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Asking, askOpenSsh, createAsker, type Question } from '../../src/ssh/ask-openssh.ts';
import { must } from '../hosts/process.ts';
import { temporaryFolder } from '../git/sample.ts';

async function asking(lines: readonly string[], more: Partial<Asking> = {}): Promise<Asking> {
  const file = join(await temporaryFolder(), 'config with space');
  await writeFile(file, lines.map((line) => `${line}\n`).join(''));
  return { ssh: 'ssh', file, env: process.env, deadlineMs: 10_000, ...more };
}

async function asked({ host, user, port }: Question, { file = '' }: Asking): Promise<string> {
  const login = user === undefined ? [] : ['-l', user];
  const door = port === undefined ? [] : ['-p', String(port)];
  return must(['ssh', '-G', '-F', file, ...login, ...door, '--', host]);
}

describe('asking OpenSSH for many hosts', () => {
  test('tells of each what asking for it alone tells', async () => {
    const source = await asking(['Host web-*', '  User web', '  Port 2222', 'Host *', '  IdentityFile ~/.ssh/%h']);
    const hosts = Array.from({ length: 16 }, (_, index) => ({ host: `${index % 2 === 0 ? 'web' : 'db'}-${index}` }));
    const questions: Question[] = [...hosts, { host: 'web-x', user: 'ana', port: 22022 }, { host: '::1', user: 'b c' }];
    const answers = await askOpenSsh(questions, source);
    expect(answers).toEqual(await Promise.all(questions.map((question) => asked(question, source))));
  });

  test('takes nothing that it asks for a command or an option', async () => {
    const folder = await temporaryFolder();
    const bad = [
      '$(touch pwned)',
      '`touch pwned`',
      "';touch pwned;'",
      '-oProxyCommand=touch pwned',
      'a\nb',
      '"; exit 0; "',
    ];
    const ssh = join(folder, 'ssh');
    await writeFile(ssh, '#!/bin/sh\nprintf "<%s>" "$@"\necho\n');
    await chmod(ssh, 0o755);
    const answers = await askOpenSsh(
      bad.map((host) => ({ host, user: host })),
      { ssh, file: undefined, env: process.env, deadlineMs: 10_000 },
    );
    expect(answers).toEqual(bad.map((host) => `<-G><-l><${host}><--><${host}>\n`));
  });

  test('says nothing of those for which ssh fails, and the rest of the others', async () => {
    const source = await asking(['Host ok', '  Port 7']);
    const answers = await askOpenSsh([{ host: 'ok' }, { host: '-bad-' }, { host: 'ok' }], source);
    expect(answers.map((one) => one?.includes('\nport 7\n'))).toEqual([true, undefined, true]);
  });

  test('says nothing when the configuration is broken, or ssh is missing, or sh is', async () => {
    const broken = await asking(['Hsot x']);
    expect(await askOpenSsh([{ host: 'a' }, { host: 'b' }], broken)).toEqual([undefined, undefined]);
    const missing = await asking([], { ssh: '/nowhere/ssh' });
    expect(await askOpenSsh([{ host: 'a' }], missing)).toEqual([undefined]);
    const bare = await asking([], { env: { PATH: '/nowhere' } });
    expect(await askOpenSsh([{ host: 'a' }], bare)).toEqual([undefined]);
  });

  test('waits for a slow Match exec to its deadline, and no host for that of another', async () => {
    const source = await asking(['Match host slow exec "sleep 60"', '  Port 7'], { deadlineMs: 1500 });
    const [slow, fast] = await askOpenSsh([{ host: 'slow' }, { host: 'fast' }], source);
    expect(slow).toBeUndefined();
    expect(fast).toContain('\nport 22\n');
  });

  test('gathers what several ask in one turn, and asks anew in the next', async () => {
    const ask = createAsker(await asking(['Host a', '  Port 7', 'Host b', '  Port 8']));
    const ports = async (...hosts: string[]) =>
      (await Promise.all(hosts.map((host) => ask({ host })))).map((text) => /^port (.*)$/m.exec(text ?? '')?.[1]);
    expect(await ports('a', 'b', 'c')).toEqual(['7', '8', '22']);
    expect(await ports('b')).toEqual(['8']);
  });

  test('of nobody asks nobody', async () => {
    expect(await askOpenSsh([], await asking([]))).toEqual([]);
  });
});
