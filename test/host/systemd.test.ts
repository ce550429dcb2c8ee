import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { InstanceSettings } from '../../src/config/settings.ts';
import type { LocalHost } from '../support/local-host.ts';
import { at, current, evidenceOf, withReleases } from './bots.ts';
import { hostMaker, type Shell, SHELLS, which } from './shells.ts';
import { bot, change, NOTHING_SHARED, ONE, TWO } from './stage.ts';

/**
 * How units are driven and read, with a systemctl that only plays: real units are tried on real hosts. It writes down what
 * it is asked and answers from files; `on-restart` says what a restart does to them.
 */
const makeHost = hostMaker();

const SYSTEMCTL = `#!/bin/sh
printf '%s\\n' "$*" >>"$PLAY/calls"
[ "$1" != --user ] || shift
case $1 in
  show) cat "$PLAY/show" ;;
  is-enabled) cat "$PLAY/enabled" ;;
  enable) echo enabled >"$PLAY/enabled" ;;
  disable) echo disabled >"$PLAY/enabled" ;;
  restart) . "$PLAY/on-restart" ;;
  stop) sed -i -e s/^ActiveState=.*/ActiveState=inactive/ -e s/^MainPID=.*/MainPID=0/ "$PLAY/show" ;;
esac
`;

/** Grants what is in $PLAY/granted, and runs it. */
const SUDO = `#!/bin/sh
[ "$1" = -n ] && shift
if [ "$1" = -l ]; then shift 2; grep -qxF "$*" "$PLAY/granted"; exit; fi
printf 'sudo ' >>"$PLAY/calls"; exec "$@"
`;

interface Stage {
  readonly host: LocalHost;
  readonly instance: InstanceSettings;
  readonly play: string;
  readonly calls: () => readonly string[];
}

interface Playing {
  readonly restart?: string;
  readonly show?: Readonly<Record<string, string | number>>;
  readonly enabled?: string;
  /** Plays another user than root, who may run these through sudo. */
  readonly granted?: readonly string[];
  readonly shell?: Shell;
  /** What journalctl does. */
  readonly journal?: string;
}

function showText(unit: Playing['show']): string {
  const facts = {
    LoadState: 'loaded',
    ActiveState: 'active',
    SubState: 'running',
    MainPID: 0,
    InvocationID: 'id0',
    NRestarts: 0,
    ExecMainCode: 0,
    ExecMainStatus: 0,
    Result: 'success',
    ...unit,
  };
  return Object.entries(facts)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

/** A restart that works: a new start, and `$pid` is the process. */
const RESTARTS = `id=$(sed -n 's/^InvocationID=id//p' "$PLAY/show"); pid=$(cat "$PLAY/pid" 2>/dev/null || echo 0)
  sed -i -e "s/^InvocationID=.*/InvocationID=id$((id + 1))/" -e "s/^MainPID=.*/MainPID=$pid/" \\
    -e s/^ActiveState=.*/ActiveState=active/ "$PLAY/show"`;

async function withUnit(playing: Playing, body: (stage: Stage) => Promise<void>): Promise<void> {
  const { shell = 'dash', journal = 'exit 1' } = playing;
  await using probe = await makeHost(shell);
  const play = join(probe.deployTo, '..', 'play');
  mkdirSync(play);
  const put = (name: string, text: string) => writeFileSync(join(play, name), text, { mode: 0o755 });
  put('systemctl', SYSTEMCTL);
  put('journalctl', `#!/bin/sh\n${journal}\n`);
  put('show', showText(playing.show));
  put('enabled', `${playing.enabled ?? 'enabled'}\n`);
  put('on-restart', playing.restart ?? RESTARTS);
  put('calls', '');
  if (playing.granted) {
    put('sudo', SUDO);
    put('granted', playing.granted.map((line) => `${line}\n`).join(''));
    put('id', `#!/bin/sh\ncase $1 in -u) echo 1000 ;; *) echo deploy ;; esac\n`);
  }
  await using host = await withReleases(makeHost(shell, { first: play, env: { PLAY: play } }), {}, {});
  const instance = bot({
    service: { type: 'systemd', unit: 'greeter@1', scope: 'system' },
    health: { probe: { type: 'running' } },
  });
  const calls = () =>
    readFileSync(join(play, 'calls'), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !/(show|is-enabled) /.test(line));
  await body({ host, instance, play, calls });
}

/** A process that works in a release, as a unit's would. */
function workingIn(host: LocalHost, play: string, release: string): ChildProcess {
  const child = spawn(which('sleep'), ['60'], { cwd: at(host, 'releases', release) });
  writeFileSync(join(play, 'pid'), String(child.pid));
  return child;
}

describe('a unit', () => {
  test('is enabled, freed of its start limit and restarted, and its new start is proof', async () => {
    await withUnit({ enabled: 'disabled' }, async ({ host, instance, play, calls }) => {
      workingIn(host, play, ONE);
      await expect(change(host, instance, { to: ONE })).resolves.toMatchObject({ end: ['updated', 'proven'] });
      expect(calls()).toEqual(['enable greeter@1', 'reset-failed greeter@1', 'restart greeter@1']);
    });
  });

  test('that was not started anew proves nothing', async () => {
    await withUnit({ restart: 'true' }, async ({ host, instance }) => {
      const { end } = await change(host, instance, { to: ONE });
      expect(end?.[1]).toContain('the process from before the switch is still running');
    });
  });

  test('that failed ends the wait at once, and the one before is started again past the start limit', async () => {
    await withUnit({}, async ({ host, instance, play, calls }) => {
      const fails = `${RESTARTS}\ncase $(readlink '${at(host, 'instances/bot.1/current')}') in *${TWO})
        sed -i -e s/^ActiveState=.*/ActiveState=failed/ -e s/^Result=.*/Result=exit-code/ "$PLAY/show" ;; esac`;
      writeFileSync(join(play, 'on-restart'), fails);
      workingIn(host, play, ONE);
      await change(host, instance, { to: ONE });
      const { end } = await change(host, instance, { to: TWO, from: ONE, turn: 1 });
      expect(end).toEqual(['reverted', 'it failed: failed (running), result exit-code, exit status 0']);
      expect(calls().slice(-2)).toEqual(['reset-failed greeter@1', 'restart greeter@1']);
      expect(await current(host)).toBe(`../../releases/${ONE}`);
    });
  });

  test('that is restarted over and over is given up after the second crash', async () => {
    await withUnit({}, async ({ host, instance, play, calls }) => {
      writeFileSync(
        join(play, 'systemctl'),
        SYSTEMCTL.replace(
          'show)',
          `show) sed -i -e s/^ActiveState=.*/ActiveState=activating/ "$PLAY/show"; ${RESTARTS}; `,
        ),
        { mode: 0o755 },
      );
      const { end } = await change(host, instance, { to: ONE });
      expect(end?.[1]).toContain('it crashed 2 times');
      expect(calls()).toContain('stop greeter@1');
    });
  });

  test('that cannot be started is told with the words of systemctl', async () => {
    const restart = 'echo "Job for greeter@1.service failed." >&2; exit 1';
    await withUnit({ restart, show: { ActiveState: 'inactive' } }, async ({ host, instance }) => {
      const { end } = await change(host, instance, { to: ONE });
      expect(end).toEqual(['failed', 'it could not be started: Job for greeter@1.service failed.']);
    });
  });

  test('that failed to start is told with what the unit says of itself', async () => {
    const restart = 'echo "See systemctl status for details." >&2; exit 1';
    const show = { ActiveState: 'failed', SubState: 'failed', Result: 'exit-code', ExecMainStatus: 203 };
    await withUnit({ restart, show }, async ({ host, instance }) => {
      const { end } = await change(host, instance, { to: ONE });
      expect(end?.[1]).toBe('it could not be started: failed (failed), result exit-code, exit status 203');
    });
  });

  test('that may not be started so often is waited for, and that is said', async () => {
    await withUnit({ show: { ActiveState: 'failed', Result: 'start-limit-hit' } }, async ({ host, instance, play }) => {
      workingIn(host, play, ONE);
      const once = `[ -e "$PLAY/tried" ] || { : >"$PLAY/tried"; exit 1; }\n${RESTARTS}`;
      writeFileSync(join(play, 'on-restart'), once);
      const { end, frames } = await change(host, instance, { to: ONE });
      expect(frames.filter(({ kind }) => kind === 'note').map(({ fields }) => fields[0])).toEqual([
        'systemd lets greeter@1 start only so often: waiting until it may start again',
      ]);
      expect(end).toEqual(['updated', 'proven']);
    });
  });

  test('that is no longer wanted is stopped and disabled; one that is not there any more is no hindrance', async () => {
    await withUnit({}, async ({ host, instance, play, calls }) => {
      workingIn(host, play, ONE);
      await change(host, instance, { to: ONE });
      const { end } = await change(host, instance, { act: 'retire', to: '', from: ONE, turn: 1 });
      expect(end?.[0]).toBe('retired');
      expect(calls().slice(-2)).toEqual(['stop greeter@1', 'disable greeter@1']);
      writeFileSync(join(play, 'show'), showText({ LoadState: 'not-found', ActiveState: 'inactive' }));
      const again = await change(host, instance, { act: 'retire', to: '', from: '', turn: 2 });
      expect(again.end?.[0]).toBe('retired');
    });
  });

  test('that does not exist is missing before anything is changed', async () => {
    await withUnit({ show: { LoadState: 'not-found' } }, async ({ host, instance }) => {
      const state = await host.client.probe({ instances: [instance], shared: NOTHING_SHARED, depth: 'rights' });
      expect(state.findings.map(({ what }) => what)).toContain('there is no unit greeter@1');
      expect(state.instances[0]?.service).toMatchObject({ status: 'none', detail: 'there is no unit greeter@1' });
      expect(state.instances[0]?.health).toBeUndefined();
    });
  });

  test('of another user is driven through sudo, and each right that is missing is named with its line', async () => {
    const granted = ['systemctl restart greeter@1'];
    await withUnit({ granted, enabled: 'disabled' }, async ({ host, instance, calls, play }) => {
      const look = () => host.client.probe({ instances: [instance], shared: NOTHING_SHARED, depth: 'rights' });
      const { findings } = await look();
      expect(findings.map(({ what }) => what).filter((what) => what.includes('sudo'))).toEqual([
        'no right to run: sudo systemctl enable greeter@1',
        'no right to run: sudo systemctl stop greeter@1',
      ]);
      expect(findings.find(({ what }) => what.includes('stop'))?.mend).toBe(
        'deploy ALL=(root) NOPASSWD: /usr/bin/systemctl stop greeter@1',
      );
      workingIn(host, play, ONE);
      await change(host, instance, { to: ONE });
      expect(calls()).toContain('sudo restart greeter@1');
    });
  });
});

describe.each(SHELLS)('of a unit that has failed the host tells, under %s,', { concurrent: true }, (shell) => {
  const died = (code: number, status: number) => ({
    ...{ ActiveState: 'failed', SubState: 'failed', NRestarts: 3, ExecMainCode: code, ExecMainStatus: status },
    Result: code === 1 ? 'exit-code' : 'signal',
  });

  test('what systemd says of it, the signal that has ended it, and the end of its journal', async () => {
    const journal = `case $* in '-o cat -n 50 --no-pager -u greeter@1') seq 11 60 ;; esac`;
    await withUnit({ shell, show: died(3, 11), restart: 'exit 1', journal }, async ({ host, instance }) => {
      const { frames } = await change(host, instance, { to: ONE });
      expect(evidenceOf(frames)).toEqual({
        exit: ['signal 11 (SEGV)'],
        status: [
          'LoadState=loaded ActiveState=failed SubState=failed Result=signal ExecMainCode=3 ExecMainStatus=11 NRestarts=3',
        ],
        ports: ['none: it does not run'],
        response: ['there was no check'],
        log: Array.from({ length: 50 }, (_, index) => String(index + 11)),
      });
    });
  });

  test('its exit status, with the word that systemd has for it', async () => {
    const journal = 'echo "greeter@1.service: Main process exited, code=exited, status=203/EXEC"';
    await withUnit({ shell, show: died(1, 203), restart: 'exit 1', journal }, async ({ host, instance }) => {
      const { frames } = await change(host, instance, { to: ONE });
      expect(evidenceOf(frames).exit).toEqual(['exit status 203', 'the journal: code=exited, status=203/EXEC']);
    });
  });

  test('how it crashed, though it runs again', async () => {
    const journal = 'for n in 1 2; do echo "greeter@1.service: Main process exited, code=exited, status=$n/X"; done';
    await withUnit({ shell, journal }, async ({ host, instance, play }) => {
      const crashes = SYSTEMCTL.replace('show)', `show) ${RESTARTS}; `);
      writeFileSync(join(play, 'systemctl'), crashes, { mode: 0o755 });
      const { pid } = workingIn(host, play, ONE);
      const { end, frames } = await change(host, instance, { to: ONE });
      expect(end?.[1]).toContain('it crashed 2 times');
      expect(evidenceOf(frames).exit).toEqual([`it runs, as process ${pid}`, 'the journal: code=exited, status=2/X']);
      expect(evidenceOf(frames).ports).toEqual(['none']);
    });
  });

  test('its journal through sudo, although what follows it cannot be ended', async () => {
    const granted = ['systemctl restart greeter@1', 'journalctl -o cat -n 50 -f -u greeter@1'];
    const journal = `echo last words; case $* in *-f*) trap '' TERM; exec sleep 20 ;; esac`;
    await withUnit({ shell, show: died(1, 1), restart: 'exit 1', granted, journal }, async ({ host, instance }) => {
      const { frames } = await change(host, instance, { to: ONE });
      expect(evidenceOf(frames).log).toEqual(['last words']);
    });
  });

  test('what it can when the journal hangs, and goes back all the same', async () => {
    const journal = `echo first words; trap '' TERM; exec sleep 20`;
    await withUnit({ shell, show: died(1, 1), restart: 'exit 1', journal }, async ({ host, instance }) => {
      const { end, frames } = await change(host, instance, { to: ONE });
      expect(end?.[0]).toBe('failed');
      const { exit, log } = evidenceOf(frames);
      expect(exit).toEqual(['exit status 1']);
      expect(log).toEqual(['first words', 'unknown: the rest was not told within 4 s']);
    });
  });
});
