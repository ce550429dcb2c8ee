import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { at, command, current, evidenceOf, serving, withReleases } from './bots.ts';
import { hostMaker } from './shells.ts';
import { bot, change, envOf, NOTHING_SHARED, ONE, THREE, TWO } from './stage.ts';

const makeHost = hostMaker();

describe('an instance that does not come up', { concurrent: true }, () => {
  test('ends the wait at once when it crashes at boot', async () => {
    await using host = await withReleases(makeHost('busybox'), { crash: true });
    const { end, frames } = await change(host, bot({ port: host.port }), { to: ONE });
    expect(end?.[0]).toBe('failed');
    expect(end?.[1]).toMatch(/^it (ended|could not be started)/);
    expect(evidenceOf(frames).log.join('\n')).toContain('told to crash');
  });

  test('is given up after its second crash when something keeps starting it', async () => {
    await using host = await withReleases(makeHost('dash'), { crashAfterMs: 250 });
    const supervise = 'while :; do node server.js & echo $! >"$PID_FILE"; wait $!; done';
    const service = command({
      start: `setsid sh -c '${supervise}' >>"$LOG_FILE" 2>&1 & echo $! >../../supervisor; sleep 0.2`,
      status: '[ -e "$PID_FILE" ] || exit 3',
      stop: 'kill -KILL "$(cat ../../supervisor)"; kill -KILL "$(cat "$PID_FILE")"; rm "$PID_FILE"',
    });
    const instance = bot({ port: host.port, service, health: { minHealthyMs: 10_000 } });
    const { end, frames } = await change(host, instance, { to: ONE });
    expect(end).toEqual(['failed', expect.stringContaining('it crashed 2 times')]);
    expect(frames.filter(({ kind }) => kind === 'note')).toHaveLength(2);
  });

  test('is told with the words of a start command that fails', async () => {
    await using host = await withReleases(makeHost('bash'), {});
    const service = command({ start: 'echo "no such token" >&2; exit 7' });
    const { end, frames } = await change(host, bot({ port: host.port, service }), { to: ONE });
    expect(end).toEqual(['failed', 'it could not be started: the command exits 7']);
    expect(evidenceOf(frames)).toMatchObject({
      exit: ['the start command: exit status 7', 'unknown: nobody here has seen it end'],
      response: ['there was no check'],
      log: expect.arrayContaining(['no such token']) as string[],
    });
  });

  test('does not wait for ever for a start command that hangs', async () => {
    await using host = await withReleases(makeHost('busybox'), {});
    const service = command({ start: 'exec sleep 60' });
    const { end } = await change(host, bot({ port: host.port, service, health: { deadlineMs: 1000 } }), { to: ONE });
    expect(end).toEqual(['failed', 'it could not be started: the command took longer than 1 s']);
  });

  test('needs a person when the release before it does not come up either', async () => {
    await using host = await withReleases(makeHost('dash'), {}, { health: 'fail' });
    await change(host, bot({ port: host.port }), { to: ONE });
    const instance = bot({ port: host.port, health: { deadlineMs: 800 } });
    await writeFile(at(host, 'releases', ONE, 'greeter.json'), '{"health":"fail"}');
    const { end, states } = await change(host, instance, { to: TWO, from: ONE, turn: 1 });
    expect(end).toEqual(['stuck', expect.stringContaining('the release before it did not come up either')]);
    expect(states.at(-1)).toBe('failed');
    expect(await current(host)).toBe(`../../releases/${ONE}`);
  });
});

describe('proof', { concurrent: true }, () => {
  test('a stop command that lies is found out: the old process is no proof of the new release', async () => {
    await using host = await withReleases(makeHost('dash'), {}, {});
    await change(host, bot({ port: host.port }), { to: ONE });
    const pid = readFileSync(at(host, 'instances/bot.1/bot.pid'), 'utf8');
    const instance = bot({ port: host.port, service: command({ stop: 'true' }) });
    const { end } = await change(host, instance, { to: TWO, from: ONE, turn: 1 });
    expect(end).toEqual(['reverted', 'the process from before the switch is still running']);
    expect(await serving(host)).toBe(ONE);
    expect(readFileSync(at(host, 'instances/bot.1/bot.pid'), 'utf8')).toBe(pid);
    expect(await current(host)).toBe(`../../releases/${ONE}`);
  });

  test('a health reply that names another release contradicts, whatever the process looks like', async () => {
    await using host = await withReleases(makeHost('bash'), {});
    const instance = bot({ port: host.port });
    const { end } = await change(host, instance, { to: ONE, task: { env: envOf(instance, THREE) } });
    expect(end).toEqual(['failed', `it runs ${THREE}, not ${ONE}`]);
  });

  test('a process in the folder of another release contradicts', async () => {
    await using host = await withReleases(makeHost('busybox'), {}, {});
    const service = command({ start: `cd "${at(host, 'releases', ONE)}" && sh ctl.sh start` });
    const instance = bot({ port: host.port, service, health: { probe: { type: 'running' } } });
    const { end } = await change(host, instance, { to: TWO });
    expect(end).toEqual(['failed', `it runs ${ONE}, not ${TWO}`]);
  });

  const asleep = 'setsid node -e "setTimeout(() => 0, 3e5)"';
  test.each([
    ['its folder does', `${asleep} & echo $! >"$PID_FILE"`, 'proven'],
    ['its command line does', `R=$(pwd -P); cd /; ${asleep} "$R/x" & echo $! >"$PID_FILE"`, 'proven'],
    ['nothing does', `cd /; ${asleep} & echo $! >"$PID_FILE"`, 'unproven'],
    ['nobody knows its pid', `${asleep} & echo $! >../../pid`, 'unproven'],
  ])('what runs is only called proven when something tells: %s', async (_, start, proof) => {
    await using host = await withReleases(makeHost('dash'), {});
    const service = command({ start, status: 'exit 0', stop: 'kill "$(cat "$PID_FILE")"' });
    const instance = bot({ port: host.port, service, health: { probe: { type: 'running' } } });
    await expect(change(host, instance, { to: ONE })).resolves.toMatchObject({ end: ['updated', proof] });
  });

  test('files that nothing runs are proven by the link', async () => {
    await using host = await withReleases(makeHost('busybox'), {}, {});
    const site = bot({ service: { type: 'files' }, health: { probe: { type: 'running' }, minHealthyMs: 0 } });
    await change(host, site, { to: ONE });
    const { end, states } = await change(host, site, { to: TWO, from: ONE, turn: 1 });
    expect(end).toEqual(['updated', 'proven']);
    expect(states).toEqual(['switched', 'starting', 'verifying', 'updated']);
    expect(await current(host)).toBe(`../../releases/${TWO}`);
    const state = await host.client.probe({ instances: [site], shared: NOTHING_SHARED, depth: 'look' });
    expect(state.instances[0]).toMatchObject({ runs: { type: 'release', id: TWO }, service: { status: 'none' } });
  });
});
