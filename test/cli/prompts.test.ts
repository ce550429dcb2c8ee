import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { constants, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HiddenLine } from '../../src/cli/hidden-line.ts';
import { makeKey, publicKey, skipReason, startSshd } from '../ssh/support/sshd.ts';
import type { Sshd } from '../ssh/support/sshd.ts';
import { unreadable } from './support/reading-aloud.ts';
import { MAIN } from './support/site.ts';
import { Terminal } from './support/terminal.ts';

const skip = await skipReason();
const exec = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
const SECRET = 'correct horse';

describe.skipIf(skip !== undefined)(`questions on a terminal${skip === undefined ? '' : ` (${skip})`}`, () => {
  let sshd: Sshd;
  let env: NodeJS.ProcessEnv;
  const at = (name: string) => join(sshd.folder, name);

  beforeAll(async () => {
    sshd = await startSshd();
    await makeKey(at('locked'), 'ed25519', SECRET);
    await sshd.authorize(await publicKey(at('locked')));
    const host = (name: string) => ({ name, address: name, deployTo: at(`app-${name}`), roles: { web: 1 } });
    const stages = { staging: { hosts: [host('one'), host('two')] }, unknown: { hosts: [host('new')] } };
    const source = { git: '.' };
    await writeFile(
      at('hosts.json'),
      JSON.stringify({ app: 'app', deployTo: '/nowhere', source, roles: { web: {} }, stages }),
    );
    await writeFile(at('config'), configuration());
    env = {
      ...process.env,
      SLIPWAY_SSH_CONFIG: at('config'),
      SLIPWAY_CACHE_DIR: at('.cache'),
      XDG_CONFIG_HOME: at('.config'),
    };
  });
  afterAll(async () => sshd[Symbol.asyncDispose]());

  const configuration = () =>
    [
      ...['Host new', `  UserKnownHostsFile ${at('new_hosts')}`, `  IdentityFile ${sshd.userKey}`],
      ...['Host *', '  HostName 127.0.0.1', `  Port ${sshd.port}`, `  User ${userInfo().username}`],
      ...[`  IdentityFile ${at('locked')}`, '  IdentitiesOnly yes', '  IdentityAgent none'],
      ...[`  UserKnownHostsFile ${at('known_hosts')}`, '  GlobalKnownHostsFile none', ''],
    ].join('\n');

  const start = (args: readonly string[], script?: string) => new Terminal(args, { cwd: sshd.folder, env }, script);

  test('a passphrase is asked for once for two hosts, is not shown, and can be corrected', async () => {
    const terminal = start(['status', 'staging']);
    await terminal.until(`Passphrase of ${at('locked')}: `);
    terminal.type('not this at all\u0015correkt');
    terminal.type('\u007f\u007fct horse\u001b[D\r');
    expect(await terminal.code).toBe(0);
    expect(terminal.raw).not.toMatch(/horse|not this|Passphrase[\s\S]*Passphrase/);
    expect(terminal.raw).toContain('one');
  });

  test('a wrong passphrase is asked for again, and says so', async () => {
    const terminal = start(['status', 'staging']);
    await terminal.until('Passphrase');
    terminal.type('wrong\r');
    await terminal.until('That passphrase was wrong (attempt 2 of 3).');
    await terminal.until('Passphrase');
    terminal.type(`${SECRET}\r`);
    expect(await terminal.code).toBe(0);
  });

  test('an empty passphrase goes on without the key, and both hosts say what was tried', async () => {
    const terminal = start(['status', 'staging']);
    await terminal.until('Passphrase');
    terminal.type('\r');
    expect(await terminal.code).toBe(3);
    expect(terminal.raw).not.toMatch(/Passphrase[\s\S]*Passphrase/);
  });

  test('what a command prints for programs stays clean', async () => {
    const terminal = start(['status', 'staging', '--json'], `"$@" > ${at('out.json')}`);
    await terminal.until('Passphrase');
    terminal.type(`${SECRET}\r`);
    await terminal.ended;
    const printed = JSON.parse(await readFile(at('out.json'), 'utf8')) as { hosts: unknown[] };
    expect(printed.hosts).toHaveLength(2);
  });

  test.each([
    ['Ctrl-C', '\u0003'],
    ['an answer', `${SECRET}\r`],
    ['Ctrl-D', '\u0004'],
  ])('after %s the terminal is as it was', async (_name, keys) => {
    const terminal = start(['status', 'staging'], '"$@"; stty -a');
    await terminal.until('Passphrase');
    terminal.type(keys);
    await terminal.ended;
    expect(terminal.raw).toMatch(/[^-]echo /);
    expect(terminal.raw).toMatch(/[^-]icanon/);
  });

  test('Ctrl-C ends the program, as it would without a question', async () => {
    const reading = start(['status', 'staging'], '"$@"; echo "ended with $?"');
    await reading.until('Passphrase');
    reading.type('\u0003');
    await reading.until('ended with 130');
    const planning = start(['rollback', 'staging']);
    await planning.until('Passphrase');
    planning.type('\u0003');
    expect(await planning.code).toBe(130);
  });

  test('in sentences a question has a line of its own, nothing is redrawn, and Ctrl-C still ends the program', async () => {
    const asked = start(['status', 'unknown', '--plain']);
    await asked.until('Trust this key? Type yes or no.');
    asked.type('no\r');
    expect(await asked.code).toBe(3);
    expect(unreadable(asked.raw, ['no'])).toEqual([]);
    const ended = start(['status', 'unknown', '--plain']);
    await ended.until('Type yes or no.');
    ended.type('\u0003');
    expect(await ended.ended).toMatchObject({ signal: constants.signals.SIGINT });
  });

  test('an unknown host key is shown with its fingerprint, and trusted by nothing but a yes', async () => {
    const [type, key] = sshd.hostKeys[0]!.split(' ');
    const { stdout } = await exec('ssh-keygen', ['-l', '-f', at('host_ed25519.pub')]);
    const shown = start(['status', 'unknown']);
    await shown.until(`shown: ED25519 ${stdout.split(' ')[1]!}`);
    await shown.until('[yes/no]');
    shown.type('y\r');
    await shown.until('Type yes or no.');
    shown.type('no\r');
    expect(await shown.code).toBe(3);

    const trusted = start(['status', 'unknown']);
    await trusted.until('[yes/no]');
    trusted.type('yes\r');
    expect(await trusted.code).toBe(0);
    expect(await readFile(at('new_hosts'), 'utf8')).toContain(`${type!} ${key!}`);
  });

  test('the full-screen program asks in a dialog, for one passphrase and two hosts', async () => {
    const terminal = start(['staging']);
    await terminal.until('Passphrase of');
    terminal.type(SECRET);
    await terminal.until('*'.repeat(SECRET.length));
    // in its first moment a question takes no answer: again, slower than a key that is held down, until it does
    const answering = setInterval(() => terminal.type('\r'), 400);
    await terminal.until('two');
    await terminal.until('free');
    clearInterval(answering);
    terminal.type('q');
    expect(await terminal.code).toBe(0);
    expect(terminal.raw).not.toContain('horse');
  });

  test('the built program unlocks keys, too', async () => {
    // within the project, for ssh2 is not part of the bundle
    const dist = await mkdtemp(join(ROOT, 'node_modules/.slipway-built-'));
    try {
      await exec(process.execPath, ['scripts/build.ts', dist], { cwd: ROOT });
      const terminal = new Terminal(['status', 'staging'], { cwd: sshd.folder, env, main: join(dist, 'slipway.js') });
      await terminal.until('Passphrase');
      terminal.type(`${SECRET}\r`);
      expect(await terminal.code).toBe(0);
    } finally {
      await rm(dist, { recursive: true });
    }
  });

  test('a signal gives the terminal back, too', async () => {
    const terminal = start(['status', 'staging'], '"$@"; stty -a');
    await terminal.until('Passphrase');
    const { stdout } = await exec('pgrep', ['-P', String(terminal.pid)]);
    process.kill(Number(stdout), 'SIGTERM');
    await terminal.ended;
    expect(terminal.raw).toMatch(/[^-]echo /);
  });

  test('without a terminal nothing is asked: the refusal says what to do', async () => {
    const run = exec(process.execPath, [MAIN, 'status', 'staging'], { cwd: sshd.folder, env });
    const failed = await run.catch((error: unknown) => error as { code: number; stdout: string; stderr: string });
    expect(failed).toMatchObject({ code: 3 });
    expect(failed.stdout + failed.stderr).toContain(`ssh-add ${at('locked')}`);
  });
});

describe('a hidden line', () => {
  const typed = (...chunks: readonly string[]) => {
    const line = new HiddenLine();
    const states = chunks.map((chunk) => line.feed(Buffer.from(chunk)));
    return { text: line.text, last: states.at(-1)! };
  };

  test('takes letters of any language, erases whole ones, and leaves out what is no text', () => {
    expect(typed('pä€\u0008\u0301sswort', '\u001b[A\u001bOP\u001b[3~\t!').text).toBe('pä\u0301sswort!');
    expect(typed('old\u0015new').text).toBe('new');
    expect(typed('ab\u007f\u007f\u007f').text).toBe('');
  });

  test('puts a letter together that came in two pieces', () => {
    const line = new HiddenLine();
    const bytes = Buffer.from('ü');
    line.feed(bytes.subarray(0, 1));
    line.feed(bytes.subarray(1));
    expect(line.text).toBe('ü');
  });

  test('ends at Enter, and leaves what follows to the next question', () => {
    expect(typed('one\rtwo\r')).toEqual({ text: 'one', last: { typed: 'entered', rest: 'two\r' } });
  });

  test('is bounded', () => {
    expect(typed('x'.repeat(5000)).text).toHaveLength(1024);
  });
});
