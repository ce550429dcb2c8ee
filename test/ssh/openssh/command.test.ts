import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { wrapCommand } from '../../../src/ssh/openssh/command.ts';
import { MarkFilter } from '../../../src/ssh/openssh/marks.ts';

const SHELLS = ['/bin/bash', '/bin/dash', '/usr/bin/zsh', '/usr/bin/fish', '/usr/bin/tcsh'].filter(existsSync);

/** Runs what sshd would hand to a login shell. */
async function runIn(login: string, command: string, input = '') {
  const child = spawn(login, ['-c', wrapCommand(command, 'slipway-abc')], { env: { ...process.env, SHELL: login } });
  const marks = child.stderr.pipe(new MarkFilter('slipway-abc'));
  // a shell that ends at once reads none of it
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(marks)]);
  return { stdout, stderr, told: marks.told, pid: await marks.pid };
}

describe.each(SHELLS)('a command under the login shell %s', (login) => {
  test('is told to begin and to end, and both outputs are its own', async () => {
    const result = await runIn(login, 'echo out; sh -c "echo err >&2; exit 7"');
    expect(result).toMatchObject({ stdout: 'out\n', stderr: 'err\n', told: { type: 'exit', status: 7 } });
    expect(result.pid).toBeGreaterThan(1);
  });

  test('has the whole input', async () => {
    expect((await runIn(login, 'cat', 'one\ntwo')).stdout).toBe('one\ntwo');
  });

  test.each([`sh -c 'IFS= read -r s&&eval "$(printf %b "$s")"'`, `sh -c 'read -r s; eval "$s"; : "it is" \\\\'`])(
    'is that very command: %s',
    async (command) => {
      expect((await runIn(login, command, 'echo "a  b"\n')).stdout).toBe('a  b\n');
    },
  );

  test('is run by that shell', async () => {
    const quirk = login.endsWith('fish')
      ? 'set x it; echo $x'
      : login.endsWith('csh')
        ? 'set x = it; echo $x'
        : 'x=it; echo $x';
    expect((await runIn(login, quirk)).stdout).toBe('it\n');
  });

  test('that dies of a signal is told by that signal, and by no words', async () => {
    const result = await runIn(login, `sh -c 'kill -KILL $PPID'; exit 3`);
    expect(result).toMatchObject({ stderr: '', told: { type: 'signal', signal: 'SIGKILL' } });
  });
});

describe('marked lines', () => {
  const filtered = async (...pieces: string[]) => {
    const marks = new MarkFilter('mark');
    const passed = text(marks);
    for (const piece of pieces) marks.write(piece);
    marks.end();
    return { text: await passed, told: marks.told, process: marks.pid };
  };

  test('are taken out, though they come in pieces and after an unfinished line', async () => {
    const { text: left, told, process: begun } = await filtered('mar', 'k + 1', '2\noops', 'ma', 'rk', ' = 3 \n');
    expect([left, told, await begun]).toEqual(['oops', { type: 'exit', status: 3 }, 12]);
  });

  test('leave alone what only looks like one', async () => {
    expect((await filtered('a mar', 'mark', 'er\nmark')).text).toBe('a marmarker\nmark');
    const shown = `sh -c 'echo mark' mark 'true'\n${'x'.repeat(200)} mark ${'x'.repeat(200)}`;
    expect((await filtered(shown, '\nmark + 7\n')).text).toBe(`${shown}\n`);
  });

  test('name a signal only where a program can have died of it', async () => {
    expect((await filtered('mark = 137 KILL\n')).told).toEqual({ type: 'signal', signal: 'SIGKILL' });
    expect((await filtered('mark = 165 RTMIN+3\n')).told).toEqual({ type: 'exit', status: 165 });
    expect((await filtered('mark = 255 \n')).told).toEqual({ type: 'exit', status: 255 });
  });
});
