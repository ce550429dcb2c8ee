import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipReason } from '../ssh/support/sshd.ts';
import { which } from './shells.ts';
import { DEPLOYED, deployTwice, type Logins, loginShell, startLogins } from './ssh-host.ts';
import { begin, build, lockOptions, ONE, send } from './stage.ts';

const skip = (await skipReason()) !== undefined;
let logins: Logins | undefined;
beforeAll(async () => {
  if (!skip) logins = await startLogins();
});
afterAll(async () => logins?.[Symbol.asyncDispose]());

interface Bashrc {
  /** What `sh` is. */
  readonly sh?: string;
  readonly startMs?: number;
}

/** A login with a bash that reads this ~/.bashrc, as it does when sshd starts it. */
async function withBashrc(bashrc: string, { sh = 'dash', ...place }: Bashrc = {}) {
  const home = await mkdtemp(join(logins!.folder, 'home-'));
  const bin = join(home, 'bin');
  await mkdir(bin);
  await symlink(which(sh), join(bin, 'sh'));
  await writeFile(join(home, '.bashrc'), `PATH=${bin}:$PATH\n${bashrc}\n`);
  return logins!.host(`export HOME=${home} SHLVL=0; ${loginShell('bash')}`, place);
}

describe.skipIf(skip)('a ~/.bashrc that', () => {
  test.each([
    ['prints lines', 'echo Welcome; echo; date'],
    ['prints half a line', 'printf "Welcome, "'],
    ['prints half a line that looks like ours', 'printf "@x\\tend\\t0"'],
    ['prints to stderr', 'echo Welcome >&2; printf "and more" >&2'],
    ['prints megabytes', 'yes Welcome | head -c 4000000'],
    ['prints megabytes in one line, and no end of it', 'yes Welcome | tr -d "\\n" | head -c 4000000'],
    ['prints megabytes to stderr', 'yes Welcome | head -c 4000000 >&2'],
    ['prints what is no text', 'head -c 100000 /dev/urandom'],
    ['goes on printing in the background', '{ sleep 0.2; echo Late; sleep 0.2; echo Later; } &'],
    ['sets options', 'set -Cu; set -o pipefail; shopt -s failglob'],
    [
      'sets aliases',
      'alias cp="cp -i" mv="mv -i" rm="rm -i" ls="ls --color=always" grep="grep --color=always"; shopt -s expand_aliases',
    ],
    ['moves about', 'mkdir -p ~/elsewhere; cd ~/elsewhere; export CDPATH=.:~:/'],
    ['sets IFS', 'export IFS=/-.'],
    ['says POSIXLY_CORRECT', 'export POSIXLY_CORRECT=1'],
    [
      'sets options of tools',
      'export TAR_OPTIONS="--verbose --keep-old-files" GZIP=-v QUOTING_STYLE=shell-always GREP_OPTIONS=-v LS_COLORS=x BLOCK_SIZE=1M DF_BLOCK_SIZE=1G TIME_STYLE=iso',
    ],
    ['sets another language', 'export LC_ALL=de_DE.UTF-8 LANG=tr_TR.UTF-8 LANGUAGE=tr'],
    [
      'has variables with names like ours',
      'export D=/x N=n S=s stale=0 look=yes here=yes back=x turn=7 P_IN_USE=x SCRIPT=x base=x size=1 release=x',
    ],
    ['asks for a terminal', 'stty sane; tput setaf 1; mesg n; read -t 0.1 line'],
  ])('%s is no hindrance', async (_what, bashrc) => {
    await using host = await withBashrc(bashrc);
    expect(await deployTwice(host)).toEqual(DEPLOYED);
  });

  test.each(['dash', 'bash', 'busybox'])('exports options and functions is no hindrance to %s as sh', async (sh) => {
    const functions = ['cp', 'mv', 'rm', 'cd', 'tar', 'gzip', 'head', 'printf', 'read', 'serve', 'main', 'dd', 'echo'];
    const exported = functions.map(
      (name) => `${name}() { builtin echo "not $FUNCNAME" >&2; return 3; }; export -f ${name}`,
    );
    await using host = await withBashrc(
      [
        ...exported,
        'which() { :; }; export -f which',
        'set -Cuao pipefail',
        'export SHELLOPTS BASHOPTS BASH_ENV=~/.bashrc ENV=~/.bashrc',
      ].join('\n'),
      { sh },
    );
    expect(await deployTwice(host)).toEqual(DEPLOYED);
  });

  test.each(['077', '000'])('sets umask %s changes no modes', async (umask) => {
    await using host = await withBashrc(`umask ${umask}`);
    expect(await deployTwice(host)).toEqual(DEPLOYED);
    const modeOf = async (path: string) => ((await stat(join(host.deployTo, path))).mode & 0o777).toString(8);
    expect(await modeOf('releases')).toBe('755');
    expect(await modeOf('instances/web.1/current/text.txt')).toBe('644');
    expect(await modeOf('instances/web.1/current/bin/run')).toBe('755');
  });
});

test.skipIf(skip)('no variable of a profile breaks a live lock, or gives a release up that is in use', async () => {
  await using host = await withBashrc('export stale=0 force=r1 dead=r1 takes=r1 QUOTING_STYLE=shell-always P_IN_USE=x');
  await begin(host);
  expect(await host.client.lock(lockOptions('r2'))).toMatchObject({ type: 'refused' });
  await using built = await build(host, { a: 'a' });
  await send(host, built, { release: ONE });
  const working = spawn('sleep', ['60'], { cwd: join(host.deployTo, 'releases', ONE) });
  const ending = { marks: [], prune: [ONE], history: '', journal: '' };
  expect(await host.client.finish({ rollout: 'r1', lock: 'release', ...ending })).toEqual([]);
  working.kill('SIGKILL');
});

describe.skipIf(skip)('a ~/.bashrc that stands in the way is named, with what it printed:', () => {
  test.each([
    ['exit 1', 'ended with status 1'],
    ['exit 0', 'ended with status 0'],
    ['kill -9 $$', 'ended with '],
    ['PATH=/nowhere', 'ended with status 127'],
  ])('%s', async (line, said) => {
    await using host = await withBashrc(`echo Welcome; ${line}`);
    await expect(deployTwice(host)).rejects.toMatchObject({
      code: 'SLIP_NO_SHELL',
      exitCode: 3,
      message: expect.stringContaining(said),
      mend: expect.stringMatching(/Try ssh .* ~\/.bashrc/),
      detail: expect.arrayContaining(['the host said: Welcome']),
    });
  });

  test.each(['exec fish', 'exec bash', 'read line', 'exec cat', 'while :; do echo Choose; sleep 0.1; done'])(
    '%s, which waits',
    async (line) => {
      await using host = await withBashrc(`echo Welcome; ${line}`, { startMs: 400 });
      await expect(deployTwice(host)).rejects.toMatchObject({
        code: 'SLIP_HOST_SILENT',
        message: expect.stringMatching(
          /^box-1 let us log in, .*: within \S+ it did not begin, so something else runs there/,
        ),
        detail: expect.arrayContaining(['the host said: Welcome']),
      });
    },
  );
});
