import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { lstat, mkdir, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hostScript } from '../../src/host/script.ts';
import { at, command, current, isState, serving, withReleases } from './bots.ts';
import { hostMaker, SHELLS } from './shells.ts';
import { bot, change, lockOptions, NOTHING_SHARED, ONE, THREE, TWO, envOf } from './stage.ts';

const makeHost = hostMaker();

describe('stopping and going back', { concurrent: true }, () => {
  test('a cancelled wait goes back, and is not cancelled again on its way', async () => {
    await using host = await withReleases(makeHost('dash'), {}, {});
    const instance = bot({ port: host.port, health: { minHealthyMs: 15_000 } });
    await change(host, bot({ port: host.port }), { to: ONE });
    const cancel = () => void host.client.cancel({ rollout: 'r1', instance: 'bot.1', turn: 1 });
    const { end, states } = await change(
      host,
      { ...instance, health: { ...instance.health, minHealthyMs: 1500 } },
      {
        to: TWO,
        from: ONE,
        turn: 1,
        onFrame: (frame) => {
          if (isState(frame, 'verifying') || isState(frame, 'reverting')) cancel();
        },
      },
    );
    expect(end).toEqual(['reverted', 'cancelled']);
    expect(states.slice(-4)).toEqual(['reverting', 'starting', 'verifying', 'reverted']);
    expect(await serving(host)).toBe(ONE);
  });

  test('a release that was never proven is not what is gone back to', async () => {
    await using host = await withReleases(makeHost('bash'), {}, {}, { crash: true });
    await change(host, bot({ port: host.port }), { to: ONE });
    await change(host, bot({ port: host.port }), { to: TWO, from: ONE, turn: 1 });
    const instance = bot({ port: host.port });
    const task = { back: ONE, env_old: envOf(instance, ONE) };
    const { end } = await change(host, instance, { to: THREE, from: TWO, turn: 2, task });
    expect(end?.[0]).toBe('reverted');
    expect(await serving(host)).toBe(ONE);
    expect(await current(host)).toBe(`../../releases/${ONE}`);
  });

  test('one that is cancelled before it begins changes nothing', async () => {
    await using host = await withReleases(makeHost('bash'), {}, {});
    const instance = bot({ port: host.port });
    await change(host, instance, { to: ONE });
    const pid = readFileSync(at(host, 'instances/bot.1/bot.pid'), 'utf8');
    await host.client.cancel({ rollout: 'r1', instance: 'bot.1', turn: 1 });
    const { end, states } = await change(host, instance, { to: TWO, from: ONE, turn: 1 });
    expect(end).toEqual(['cancelled', 'nothing was changed']);
    expect(states).toEqual([]);
    expect(readFileSync(at(host, 'instances/bot.1/bot.pid'), 'utf8')).toBe(pid);
  });

  test('one that lost its lock while it stopped the old release switches nothing', async () => {
    await using host = await withReleases(makeHost('busybox'), {}, {});
    await change(host, bot({ port: host.port }), { to: ONE });
    const service = command({ stop: 'sh ctl.sh stop && rm -r ../../.slipway/lock' });
    const { end, states } = await change(host, bot({ port: host.port, service }), { to: TWO, from: ONE, turn: 1 });
    expect(end).toEqual(['superseded', 'the stage was taken over']);
    expect(states).toEqual(['stopped', 'unverified']);
    expect(await current(host)).toBe(`../../releases/${ONE}`);
  });

  test('one that is taken over while it waits leaves everything as it is, and the next one goes on from there', async () => {
    await using host = await withReleases(makeHost('dash'), {}, {}, {});
    await change(host, bot({ port: host.port }), { to: ONE });
    const patient = bot({ port: host.port, health: { minHealthyMs: 60_000, deadlineMs: 90_000 } });
    let next: Promise<unknown> | undefined;
    const first = await change(host, patient, {
      to: TWO,
      from: ONE,
      turn: 1,
      onFrame: (frame) => {
        if (!isState(frame, 'verifying')) return;
        next = host.client
          .lock(lockOptions('r2', { force: 'r1' }))
          .then(() => change(host, bot({ port: host.port }), { to: THREE, from: TWO, rollout: 'r2' }));
      },
    });
    expect(first.end).toEqual(['superseded', 'the stage was taken over']);
    await expect(next).resolves.toMatchObject({ end: ['updated', 'proven'] });
    expect(await serving(host)).toBe(THREE);
  });

  test('one whose link was moved by somebody else changes nothing', async () => {
    await using host = await withReleases(makeHost('dash'), {}, {});
    await change(host, bot({ port: host.port }), { to: ONE });
    const { end } = await change(host, bot({ port: host.port }), { to: TWO, from: THREE, turn: 1 });
    expect(end).toEqual(['moved', `current points at ${ONE}, not at ${THREE}`]);
    expect(await serving(host)).toBe(ONE);
  });
});

describe('what is in the way', { concurrent: true }, () => {
  test.each(SHELLS)(
    'a link that a cut left behind is harmless under %s: the new one goes to its place, not into the old release',
    async (shell) => {
      await using host = await makeHost(shell);
      await mkdir(at(host, 'releases', ONE), { recursive: true });
      const place = { cwd: host.deployTo, env: { PATH: process.env['PATH'] }, input: hostScript().text };
      const left = `ln -s releases/${ONE} "current.new.$$"; point current releases/${TWO}`;
      const [program, ...args] = shell === 'busybox' ? ['busybox', 'sh'] : [shell];
      execFileSync(program, [...args, '-c', `eval "$(cat)"; ${left}`], place);
      expect(await readlink(at(host, 'current'))).toBe(`releases/${TWO}`);
      expect(await readdir(at(host, 'releases', ONE))).toEqual([]);
      expect((await readdir(host.deployTo)).sort()).toEqual(['current', 'releases']);
    },
  );

  const foreign = {
    'a real folder': (path: string) => mkdir(path).then(() => writeFile(join(path, 'precious'), '')),
    'a link to elsewhere': (path: string) => symlink('/opt/precious', path),
  };
  test.each(Object.keys(foreign) as (keyof typeof foreign)[])(
    '%s at current is refused before anything is stopped',
    async (kind) => {
      await using host = await withReleases(makeHost('dash'), {});
      const path = at(host, 'instances/bot.1/current');
      await mkdir(at(host, 'instances/bot.1'));
      await foreign[kind](path);
      const service = command({ status: 'exit 0', stop: 'touch ../was-stopped' });
      const instance = bot({ port: host.port, service });
      const state = await host.client.probe({ instances: [instance], shared: NOTHING_SHARED, depth: 'rights' });
      expect(state.findings.map(({ what }) => what)).toContain(`${path} is a real folder, not a link`);
      const { end, states } = await change(host, instance, { to: ONE });
      expect(end).toEqual(['failed', `${path} is not a link to a release`]);
      expect(states).toEqual([]);
      expect((await lstat(path)).isDirectory()).toBe(kind === 'a real folder');
      expect(existsSync(at(host, 'instances/was-stopped'))).toBe(false);
    },
  );

  test('the mark of a dead worker, or of another process with its pid, is nobody’s', async () => {
    await using host = await withReleases(makeHost('busybox'), {});
    const site = bot({ service: { type: 'files' }, health: { probe: { type: 'running' }, minHealthyMs: 0 } });
    await mkdir(at(host, 'instances/bot.1'));
    for (const [turn, mark] of ['r0 4194999 5', `r0 ${process.pid} 1`, 'r0', ''].entries()) {
      if (mark !== '') await symlink(mark, at(host, 'instances/bot.1/.busy'));
      const state = await host.client.probe({ instances: [site], shared: NOTHING_SHARED, depth: 'look' });
      expect(state.instances[0]?.busy).toBeUndefined();
      const { end } = await change(host, site, { to: ONE, from: turn === 0 ? '' : ONE, turn });
      expect(end?.[0]).toBe('updated');
    }
  });

  test('a living worker is waited for, and that is said', async () => {
    await using host = await withReleases(makeHost('dash'), {});
    const site = bot({ service: { type: 'files' }, health: { probe: { type: 'running' }, minHealthyMs: 0 } });
    const busy = at(host, 'instances/bot.1/.busy');
    await mkdir(at(host, 'instances/bot.1'));
    await symlink(`r0 ${process.pid} ${startOf(process.pid)}`, busy);
    const state = await host.client.probe({ instances: [site], shared: NOTHING_SHARED, depth: 'look' });
    expect(state.instances[0]?.busy).toBe('r0');
    const { end, frames } = await change(host, site, {
      to: ONE,
      onFrame: ({ kind }) => {
        if (kind === 'note') void rm(busy);
      },
    });
    expect(frames[0]).toMatchObject({
      kind: 'note',
      fields: [expect.stringContaining('waiting for an earlier update')],
    });
    expect(end?.[0]).toBe('updated');
    expect(existsSync(busy)).toBe(false);
  });
});

function startOf(pid: number): string {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[19]!;
}
