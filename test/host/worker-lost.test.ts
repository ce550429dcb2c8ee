import { execFileSync } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { InstanceSettings } from '../../src/config/settings.ts';
import { ConnectionLostError } from '../../src/base/errors.ts';
import { createHostClient } from '../../src/host/client.ts';
import type { WorkerFrame } from '../../src/host/verbs.ts';
import type { Channel } from '../../src/ssh/transport.ts';
import type { LocalHost } from '../support/local-host.ts';
import { at, command, current, serving, withReleases } from './bots.ts';
import { hostMaker } from './shells.ts';
import { begin, bot, change, freePort, greeter, NOTHING_SHARED, ONE, send, summary, TWO } from './stage.ts';
import { until } from './until.ts';

const makeHost = hostMaker();

describe('a connection that goes, or a worker that dies', { concurrent: true }, () => {
  test('a lost connection leaves the worker at work; whoever follows later gets every frame from the first', async () => {
    await using host = await withReleases(makeHost('dash'), {});
    const channels: Channel[] = [];
    const open = async (command: string) => {
      const channel = await host.context.open(command);
      channels.push(channel);
      return channel;
    };
    const shaky = { ...host, client: createHostClient({ ...host.context, open }) };
    const seen: WorkerFrame[] = [];
    const cut = change(shaky, bot({ port: host.port, health: { minHealthyMs: 3000 } }), {
      to: ONE,
      onFrame: (frame) => {
        seen.push(frame);
        if (frame.kind === 'probe') channels.at(-1)!.signal('KILL');
      },
    });
    await expect(cut).rejects.toBeInstanceOf(ConnectionLostError);
    const state = await host.client.probe({
      instances: [bot({ port: host.port })],
      shared: NOTHING_SHARED,
      depth: 'look',
    });
    expect(state.instances[0]).toMatchObject({ busy: 'r1', current: ONE, runs: { type: 'release', id: ONE } });
    const [first, second] = await Promise.all([refollow(host), refollow(host)]);
    expect(first.end).toEqual(['updated', 'proven']);
    expect(second.frames).toEqual(first.frames);
    expect(first.frames.slice(0, seen.length)).toEqual(seen);
    // asked again, not knowing whether the first request had arrived: nothing is done twice
    const again = await change(host, bot({ port: host.port }), { to: ONE });
    expect(again.frames).toEqual(first.frames);
  });

  test('a worker that is killed is told as gone; the link stands, and the next rollout can go on', async () => {
    await using host = await withReleases(makeHost('busybox'), {}, {});
    await change(host, bot({ port: host.port }), { to: ONE });
    const patient = bot({ port: host.port, health: { minHealthyMs: 60_000 } });
    const { frames, end } = await change(host, patient, {
      to: TWO,
      from: ONE,
      turn: 1,
      onFrame: (frame) => {
        if (frame.kind === 'probe' && frame.fields[0] === '1') killWorker(host);
      },
    });
    expect(end).toBeUndefined();
    expect(frames.at(-1)?.kind).toBe('gone');
    const instance: InstanceSettings = bot({ port: host.port });
    const state = await host.client.probe({ instances: [instance], shared: NOTHING_SHARED, depth: 'look' });
    expect(state.instances[0]).toMatchObject({ busy: undefined, current: TWO, runs: { type: 'release', id: TWO } });
    await expect(change(host, instance, { to: ONE, from: TWO, turn: 2 })).resolves.toMatchObject({
      end: ['updated', 'proven'],
    });
  });

  test('two who begin the same change at once follow one worker', async () => {
    await using host = await withReleases(makeHost('bash'), {});
    const instance = bot({ port: host.port });
    const both = await Promise.all([change(host, instance, { to: ONE }), change(host, instance, { to: ONE })]);
    expect(both[0].end).toEqual(['updated', 'proven']);
    expect(both[1].frames).toEqual(both[0].frames);
    await until(() => !workers(host).includes('.task'));
    const frames = await readFile(at(host, '.slipway/rollouts/r1/bot.1.frames'), 'utf8');
    expect(frames.split('\tend\t')).toHaveLength(2);
    expect(both[0].states).toEqual(['switched', 'starting', 'verifying', 'updated']);
  });
});

async function refollow(host: LocalHost) {
  const frames: WorkerFrame[] = [];
  await host.client.follow({ rollout: 'r1', instance: 'bot.1', turn: 0, onFrame: (frame) => frames.push(frame) });
  return summary(frames);
}

/** The command lines of all workers of the host. */
function workers(host: LocalHost): string {
  return execFileSync('sh', ['-c', 'cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" "\\n" || :'])
    .toString()
    .split('\n')
    .filter((word) => word.startsWith(at(host, '.slipway/rollouts')))
    .join(' ');
}

function killWorker(host: LocalHost): void {
  const pid = execFileSync('readlink', [at(host, '.slipway/rollouts/r1/bot.1+1.worker')])
    .toString()
    .split(' ')[1]!;
  process.kill(Number(pid), 'SIGKILL');
}

test('following what was never begun is told as absent', async () => {
  await using host = await withReleases(makeHost('dash'));
  await expect(refollow(host)).rejects.toMatchObject({ code: 'SLIP_ABSENT' });
});

test('current of the whole host moves only when all its instances agree', async () => {
  await using host = await withReleases(makeHost('dash'), {}, {});
  const health = { probe: { type: 'running' as const }, minHealthyMs: 0 };
  const [first, second] = ['web.1', 'web.2'].map((name) => bot({ name, service: { type: 'files' }, health }));
  await change(host, first!, { to: ONE });
  await change(host, second!, { to: ONE });
  await change(host, first!, { to: TWO, from: ONE, turn: 1 });
  expect(await readlink(at(host, 'current'))).toBe(`releases/${ONE}`);
  await change(host, second!, { to: TWO, from: ONE, turn: 1 });
  expect(await readlink(at(host, 'current'))).toBe(`releases/${TWO}`);
});

test('what a start command gets is the environment of its instance and the language of the host', async () => {
  await using made = await makeHost('dash', { env: { LC_ALL: 'C.UTF-8' } });
  await begin(made);
  await using built = await greeter(made);
  await send(made, built, { release: ONE });
  const service = command({
    start: 'echo "$LC_ALL $PORT $SLIPWAY_RELEASE $LOG_FILE $(pwd -P)" >../../said; sh ctl.sh start',
  });
  const instance = bot({ port: await freePort(), service });
  await change(made, instance, { to: ONE });
  const log = at(made, 'instances/bot.1/log');
  expect(await readFile(at(made, 'said'), 'utf8')).toBe(
    `C.UTF-8 ${instance.port!} ${ONE} ${log} ${at(made, 'releases', ONE)}\n`,
  );
});

test('an instance that cannot be stopped is not retired', async () => {
  await using host = await withReleases(makeHost('dash'), {});
  await change(host, bot({ port: host.port }), { to: ONE });
  const instance = bot({ port: host.port, service: command({ stop: 'true' }) });
  const { end } = await change(host, instance, { act: 'retire', to: '', from: ONE, turn: 1 });
  expect(end).toEqual(['failed', 'it still runs: the status command exits 0']);
  expect(await serving(host)).toBe(ONE);
  await until(() => current(host));
});
