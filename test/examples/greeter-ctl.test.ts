import { execFile, execFileSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { install, plainEnv, type Installed } from './running-greeter.ts';

vi.setConfig({ testTimeout: 20_000 });

/** Where a program is, or nothing. */
const find = (program: string): string =>
  execFileSync('sh', ['-c', 'command -v "$1" || :', 'sh', program], { encoding: 'utf8' }).trim();

/** The shells of this machine that hosts are known to have as sh. */
const shells = [
  { name: 'dash', words: [find('dash')] },
  { name: 'busybox sh', words: [find('busybox'), 'sh'] },
  { name: 'bash --posix', words: [find('bash'), '--posix'] },
].filter(({ words }) => words[0] !== '');

interface Outcome {
  code: number;
  output: string;
}

describe.each(shells)('ctl.sh under $name', ({ words: [shell, ...flags] }) => {
  let installed: Installed;
  let pidFile: string;

  /** Runs ctl.sh the way a host does: in the instance's `current`. */
  function ctl(verb: string, env: Record<string, string> = {}): Promise<Outcome> {
    const options = {
      cwd: installed.current,
      env: { ...plainEnv, PWD: installed.current, PID_FILE: pidFile, PORT: '0', GREETER_BOOT_DELAY_MS: '0', ...env },
    };
    return new Promise((resolve) => {
      const child = execFile(shell!, [...flags, './ctl.sh', verb], options, (_, stdout, stderr) => {
        resolve({ code: child.exitCode ?? -1, output: stdout + stderr });
      });
    });
  }

  const pidOf = async (): Promise<number> => Number(await readFile(pidFile, 'utf8'));
  const logText = (): Promise<string> => readFile(join(installed.root, 'instances/bot.1/bot.log'), 'utf8');
  const logged = (text: string): Promise<void> =>
    vi.waitFor(async () => expect(await logText()).toContain(text), { timeout: 10_000, interval: 20 });

  beforeEach(async () => {
    installed = await install({});
    pidFile = join(installed.root, 'instances/bot.1/bot.pid');
  });

  afterEach(async () => {
    await ctl('stop', { STOP_SECONDS: '0' });
    await installed.remove();
  });

  test('start, status and stop tell the truth about the bot', async () => {
    expect(await ctl('status')).toEqual({ code: 3, output: 'stopped\n' });
    expect((await ctl('start')).code).toBe(0);
    const pid = await pidOf();
    expect(await ctl('status')).toEqual({ code: 0, output: `running, pid ${pid}\n` });
    await logged('listening');
    expect(await ctl('stop')).toEqual({ code: 0, output: 'stopped\n' });
    expect(await ctl('status')).toEqual({ code: 3, output: 'stopped\n' });
    expect(await logText()).toContain('"msg":"stopped"');
  });

  test('a second start leaves the running bot alone', async () => {
    await ctl('start');
    const pid = await pidOf();
    expect(await ctl('start')).toEqual({ code: 0, output: `already running, pid ${pid}\n` });
    expect(await pidOf()).toBe(pid);
  });

  test('the bot runs in a session of its own and holds no channel of its starter open', async () => {
    // execFile answers only when the output is closed: that it answers while the bot runs is half of the proof.
    await ctl('start');
    const pid = await pidOf();
    const session = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]!.split(' ')[3];
    expect(Number(session)).toBe(pid);
    expect((await ctl('status')).code).toBe(0);
  });

  test('the command line names the release, not the link', async () => {
    await ctl('start');
    // the process is there a moment before it has become Node
    const program = async () => (await readFile(`/proc/${await pidOf()}/cmdline`, 'utf8')).split('\0')[1];
    await expect.poll(program).toBe(join(installed.root, 'releases/20261121T114205Z-1f0755f/server.js'));
  });

  test('the pid of another process in the pid file is neither running nor stopped by it', async () => {
    await writeFile(pidFile, `${process.pid}\n`);
    expect((await ctl('status')).code).toBe(3);
    expect((await ctl('stop')).code).toBe(0);
    expect(process.kill(process.pid, 0)).toBe(true);
  });

  test('the bot of another instance is not taken for this one', async () => {
    await ctl('start');
    const other = join(installed.root, 'other.pid');
    await writeFile(other, await readFile(pidFile));
    expect((await ctl('status', { PID_FILE: other })).code).toBe(3);
    await ctl('stop', { PID_FILE: other });
    expect((await ctl('status')).code).toBe(0);
  });

  test.each(['', 'nonsense', '0', '-1', '99999999'])('a pid file of "%s" means stopped', async (text) => {
    await writeFile(pidFile, text);
    expect(await ctl('status')).toEqual({ code: 3, output: 'stopped\n' });
  });

  test('a bot that ignores SIGTERM is killed after STOP_SECONDS', async () => {
    await ctl('start', { GREETER_LAME_DUCK_MS: '600000' });
    await logged('listening');
    const stopped = await ctl('stop', { STOP_SECONDS: '1' });
    expect(stopped.code).toBe(0);
    expect(stopped.output).toContain('killed');
    expect((await ctl('status')).code).toBe(3);
  });

  test('start fails when the program cannot be run', async () => {
    const failed = await ctl('start', { PATH: await pathWithoutNode(installed.root) });
    expect(failed.code).toBe(1);
    expect(failed.output).toContain('it ended at once');
  });

  test('two instances of one release never share a pid file by accident', async () => {
    const physical = join(installed.root, 'releases/20261121T114205Z-1f0755f');
    const refused = await ctl('start', { PID_FILE: '../bot.pid', PWD: physical });
    expect(refused).toMatchObject({ code: 2, output: expect.stringContaining('absolute path') as string });
    expect((await ctl('start', { PID_FILE: '../bot.pid' })).code).toBe(0);
    expect((await ctl('status')).code).toBe(0);
  });

  test('a wrong verb and a missing PID_FILE exit 2', async () => {
    expect((await ctl('dance')).code).toBe(2);
    expect((await ctl('status', { PID_FILE: '' })).code).toBe(2);
  });

  /** The tools a host has, without node. */
  async function pathWithoutNode(root: string): Promise<string> {
    const bin = join(root, 'bin');
    await rm(bin, { recursive: true, force: true });
    execFileSync('sh', [
      '-c',
      'mkdir "$1" && for tool in sh sleep date tr mv rm setsid cat; do ln -s "$(command -v "$tool")" "$1/"; done',
      'sh',
      bin,
    ]);
    return bin;
  }
});
