import { spawn } from 'node:child_process';
import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { at } from './bots.ts';
import { watching } from './samples.ts';
import { SHELLS, which } from './shells.ts';
import { bot } from './stage.ts';
import { until } from './until.ts';
import { ALWAYS, playing, watchedHosts, WELL } from './watched.ts';

const makeHost = watchedHosts();

describe.each(SHELLS)('watching under %s', { concurrent: true }, (shell) => {
  test('tells of the disk, and of a process that ends at once, though its command is asked once a minute', async () => {
    await using host = await makeHost(shell);
    const child = spawn(which('sleep'), ['60']);
    await mkdir(at(host, 'instances/bot.1'), { recursive: true });
    await writeFile(at(host, 'instances/bot.1/bot.pid'), `${child.pid!}\n`);
    const asked = join(host.deployTo, 'asked');
    const status = `echo x >>'${asked}'; kill -0 $(cat ../bot.pid) || exit 3`;
    await mkdir(at(host, 'instances/bot.1/current'));
    const service = { ...ALWAYS, status, pidFile: 'bot.pid' };
    const seen = watching(host, [bot({ service, health: { probe: { type: 'running' } } })]);
    await until(() => seen.samples.length >= 3);
    expect(seen.samples.map(({ service: { status: told } }) => told)).toEqual(seen.samples.map(() => 'running'));
    expect(await readFile(asked, 'utf8')).toBe('x\n');
    expect(seen.samples.at(-1)!.memory).toBeGreaterThan(100_000);
    child.kill();
    const after = await seen.next(({ service: { status: told } }) => told === 'stopped');
    expect(after.probes).toMatchObject([{ healthy: false }]);
    await seen.end();
    expect(seen.disks[0]).toMatchObject({ usedBytes: expect.any(Number) as number });
    expect(seen.disks[0]!.freeBytes).toBeGreaterThan(1e6);
    expect(seen.disks.every((disk) => disk !== undefined)).toBe(true);
  });

  test('counts whole lines of a log, also of one that is begun anew, that appears later, or that holds a zero', async () => {
    await using host = await makeHost(shell);
    const log = (name: string) => at(host, `instances/${name}/log`);
    for (const name of ['bot.1', 'bot.2']) await mkdir(at(host, `instances/${name}`), { recursive: true });
    await writeFile(log('bot.1'), 'ERROR from yesterday\n'.repeat(1000));
    const seen = watching(
      host,
      [1, 2].map((n) => bot({ name: `bot.${n}`, service: ALWAYS, health: WELL })),
    );
    const sum = (name: string) =>
      seen.samples
        .flatMap(({ instance, lines }) => (instance.startsWith(name) && lines ? [lines] : []))
        .reduce((total, { all, errors }) => ({ all: total.all + all, errors: total.errors + errors }), {
          all: 0,
          errors: 0,
        });
    const counted = (name: string, all: number) => until(() => (sum(name).all >= all ? sum(name) : undefined));
    await seen.next();
    expect(seen.samples[0]!.lines).toBeUndefined();
    await appendFile(log('bot.1'), '{"level":50,"msg":"x"}\nfine 100%\n{"level":5');
    expect(await counted('bot.1', 2)).toEqual({ all: 2, errors: 1 });
    await appendFile(log('bot.1'), '0}\n');
    expect(await counted('bot.1', 3)).toEqual({ all: 3, errors: 2 });
    await rename(log('bot.1'), `${log('bot.1')}.1`);
    await writeFile(log('bot.1'), 'TypeError: x is not a function\n');
    expect(await counted('bot.1', 4)).toEqual({ all: 4, errors: 3 });
    await writeFile(log('bot.1'), 'fine\n');
    expect(await counted('bot.1', 5)).toEqual({ all: 5, errors: 3 });
    // some awks take a zero for the end of a line
    await appendFile(log('bot.1'), 'ERROR\0 x\n'.repeat(100));
    const { all } = await counted('bot.1', 105);
    await appendFile(log('bot.1'), 'fine\n');
    expect((await counted('bot.1', all + 1)).all).toBe(all + 1);
    // of what was not there, nothing is old
    await writeFile(log('bot.2'), 'panic: new\n\n');
    expect(await counted('bot.2', 2)).toEqual({ all: 2, errors: 1 });
    await appendFile(log('bot.1'), 'ERROR x\n');
    await counted('bot.1', all + 2);
    // a line that looks as if it told whose log follows
    await appendFile(log('bot.2'), '==> /bot.1/log <==\nfine\n');
    expect(await counted('bot.2', 4)).toEqual({ all: 4, errors: 1 });
    await seen.end();
  });

  test('asks systemd for all units at once, and follows one journal for all of them', async () => {
    await using host = await makeHost(shell);
    const { play, calls, ...near } = await playing(host, {
      systemctl: `exec cat "\${0%/*}/show"`,
      journalctl: `exec tail -n 0 -f "\${0%/*}/journal"`,
    });
    const unit = (start: string, restarts: number) =>
      `LoadState=loaded\nActiveState=active\nMainPID=0\nInvocationID=${start}\nNRestarts=${restarts}\nMemoryCurrent=120000000\nCPUUsageNSec=2500000000\n`;
    await writeFile(join(play, 'show'), `${unit('i1', 0)}\n${unit('i2', 3)}`);
    await writeFile(join(play, 'journal'), '');
    const instances = ['greeter@1', 'a\\x2db'].map((name, index) => ({
      ...bot({ name: `bot.${index + 1}`, service: { type: 'systemd', unit: name, scope: 'user' } }),
      health: { ...bot().health, probe: { type: 'running' } as const },
    }));
    const seen = watching(near, instances);
    await until(() => seen.samples.length >= 4);
    expect(seen.samples.slice(0, 2)).toMatchObject([
      { instance: 'bot.1@local-1', service: { status: 'running', start: 'i1', restarts: 0 }, cpuSeconds: 2.5 },
      { instance: 'bot.2@local-1', service: { status: 'running', start: 'i2', restarts: 3 }, memory: 120e6 },
    ]);
    const line = (of: string, message: string, priority = 6) =>
      `${JSON.stringify({ PRIORITY: String(priority), MESSAGE: message, _SYSTEMD_USER_UNIT: of, _SYSTEMD_UNIT: 'user@0.service' })}\n`;
    await appendFile(
      join(play, 'journal'),
      line('greeter@1.service', 'lost', 3) +
        line('a\\x2db.service', '"USER_UNIT":"greeter@1.service"') +
        line('other.service', 'x', 3),
    );
    const first = await seen.next(({ lines }) => (lines?.all ?? 0) > 0);
    expect(first).toMatchObject({ instance: 'bot.1@local-1', lines: { all: 1, errors: 1 } });
    const other = await until(() => seen.samples.find(({ instance, lines }) => /^bot.2/.test(instance) && lines?.all));
    expect(other.lines).toEqual({ all: 1, errors: 0 });
    await seen.end();
    const shows = await calls('systemctl');
    expect(shows[0]).toMatch(/^--user show greeter@1 a\\x2db -p LoadState,/);
    expect(shows.length - seen.disks.length).toBeLessThanOrEqual(1);
    expect(await calls('journalctl')).toEqual([
      expect.stringMatching(/ -n 0 -f --user --user-unit greeter@1 --user-unit a\\x2db$/),
    ]);
  });

  test('asks each unit for itself where systemd does not answer for all', async () => {
    await using host = await makeHost(shell);
    const { ...near } = await playing(host, {
      systemctl: `case "$*" in *a*b*-p*) exit 1 ;; esac; printf 'LoadState=loaded\\nActiveState=active\\nMainPID=0\\nInvocationID=%s\\n' "$2"`,
      journalctl: 'exit 1',
    });
    const instances = ['a', 'b'].map((name, index) =>
      bot({
        name: `bot.${index + 1}`,
        service: { type: 'systemd', unit: name, scope: 'system' },
        health: { probe: { type: 'running' } },
      }),
    );
    const seen = watching(near, instances);
    await until(() => seen.disks.length >= 2);
    await seen.end();
    expect(seen.samples.slice(0, 2)).toMatchObject([
      { service: { status: 'running', start: 'a' }, lines: undefined },
      { service: { status: 'running', start: 'b' }, lines: undefined },
    ]);
  });
});
