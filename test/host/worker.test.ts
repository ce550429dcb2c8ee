import { existsSync } from 'node:fs';
import { readFile, readlink } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { at, evidenceOf, serving, withReleases } from './bots.ts';
import { SHELLS, hostMaker } from './shells.ts';
import { bot, change, envOf, NOTHING_SHARED, ONE, TWO } from './stage.ts';

const makeHost = hostMaker();

describe.each(SHELLS)('an update under %s', { concurrent: true }, (shell) => {
  test('the first one starts the instance, proves it, and leaves its env and service beside it', async () => {
    await using host = await withReleases(makeHost(shell), {});
    const instance = bot({ port: host.port });
    const { end, states, frames } = await change(host, instance, { to: ONE });
    expect(end).toEqual(['updated', 'proven']);
    expect(states).toEqual(['switched', 'starting', 'verifying', 'updated']);
    expect(await serving(instance)).toBe(ONE);
    expect(await readlink(at(host, 'instances', 'bot.1/current'))).toBe(`../../releases/${ONE}`);
    expect(await readFile(at(host, 'instances', 'bot.1/env'), 'utf8')).toBe(`${envOf(instance, ONE)}\n`);
    expect(JSON.parse(await readFile(at(host, 'instances', 'bot.1/service'), 'utf8'))).toEqual(instance.service);
    expect(existsSync(at(host, 'instances', 'bot.1/previous'))).toBe(false);
    expect(await readlink(at(host, 'current'))).toBe(`releases/${ONE}`);
    const verifying = frames.find(({ fields }) => fields[0] === 'verifying')!;
    expect(Number(verifying.fields[3]) - verifying.t).toBeGreaterThan(15_000);
    const probes = frames.filter(({ kind }) => kind === 'probe');
    expect(probes.at(-1)?.fields).toEqual([
      String(probes.length),
      'yes',
      '200',
      expect.stringMatching(/^\d+$/),
      expect.stringMatching(/^\d+$/),
      '200',
    ]);
  });

  test('the next one stops, switches, starts, and remembers what ran before', async () => {
    await using host = await withReleases(makeHost(shell), {}, {});
    const instance = bot({ port: host.port });
    await change(host, instance, { to: ONE });
    const { end, states, frames } = await change(host, instance, { to: TWO, from: ONE, turn: 1 });
    expect(end).toEqual(['updated', 'proven']);
    expect(states).toEqual(['stopped', 'switched', 'starting', 'verifying', 'updated']);
    expect(await serving(instance)).toBe(TWO);
    expect(await readlink(at(host, 'instances', 'bot.1/previous'))).toBe(`../../releases/${ONE}`);
    expect(frames[0]?.seq).toBe(1_000_001);
    const state = await host.client.probe({ instances: [instance], shared: NOTHING_SHARED, depth: 'look' });
    expect(state.instances).toMatchObject([
      {
        current: TWO,
        previous: ONE,
        runs: { type: 'release', id: TWO },
        service: { status: 'running', pid: expect.any(Number) as number },
        health: { healthy: true, outcome: '200' },
        busy: undefined,
      },
    ]);
    expect(Math.abs(state.instances[0]!.service.startedAt! - Date.now())).toBeLessThan(30_000);
  });

  test('a bad release goes back by itself: the one before serves again, and its last words are told', async () => {
    await using host = await withReleases(makeHost(shell), {}, { health: 'fail' });
    const instance = bot({ port: host.port });
    await change(host, instance, { to: ONE });
    const impatient = bot({ port: host.port, health: { deadlineMs: 4000 } });
    const { end, states, frames } = await change(host, impatient, { to: TWO, from: ONE, turn: 1 });
    expect(end).toEqual(['reverted', 'not healthy within 4s; the last answer: 503']);
    expect(states).toEqual([
      ...['stopped', 'switched', 'starting', 'verifying', 'failed'],
      ...['reverting', 'starting', 'verifying', 'reverted'],
    ]);
    expect(await serving(instance)).toBe(ONE);
    expect(await readlink(at(host, 'instances', 'bot.1/current'))).toBe(`../../releases/${ONE}`);
    expect(await readFile(at(host, 'instances', 'bot.1/env'), 'utf8')).toBe(`${envOf(instance, ONE)}\n`);
    const { status, log, response } = evidenceOf(frames);
    expect(status).toContain('the status command: exit status 0');
    expect(log.join('\n')).toContain('"msg":"listening"');
    expect(response).toEqual(['503', expect.stringContaining('told to fail')]);
    const words = frames.map(({ kind, fields: [first] }) => (kind === 'state' || kind === 'evidence' ? first : ''));
    const since = words.indexOf('failed');
    expect(words.slice(since, since + 7)).toEqual([
      ...['failed', 'exit', 'status', 'ports', 'response', 'log'],
      'reverting',
    ]);
    const numbers = frames.map(({ seq }) => seq);
    expect(numbers).toEqual(numbers.map((_, index) => 1_000_001 + index));
  });

  test('a first one that fails leaves nothing running and no link', async () => {
    await using host = await withReleases(makeHost(shell), { health: 'fail' });
    const instance = bot({ port: host.port, health: { deadlineMs: 4000 } });
    const { end, states } = await change(host, instance, { to: ONE });
    expect(end).toEqual(['failed', 'not healthy within 4s; the last answer: 503']);
    expect(states.slice(-3)).toEqual(['failed', 'reverting', 'reverted']);
    expect(await serving(instance)).toBeUndefined();
    for (const left of ['current', 'previous', 'env', '.busy']) {
      expect(existsSync(at(host, 'instances', 'bot.1', left)), left).toBe(false);
    }
    expect(existsSync(at(host, 'current'))).toBe(false);
  });

  test('an instance that is no longer wanted is stopped, and nothing of it stays', async () => {
    await using host = await withReleases(makeHost(shell), {});
    const instance = bot({ port: host.port });
    await change(host, instance, { to: ONE });
    const { end, states } = await change(host, instance, { act: 'retire', to: '', from: ONE, turn: 1 });
    expect(end).toEqual(['retired', '']);
    expect(states).toEqual(['retired']);
    expect(await serving(instance)).toBeUndefined();
    expect(existsSync(at(host, 'instances', 'bot.1'))).toBe(false);
  });
});
