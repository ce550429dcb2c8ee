import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../host/until.ts';
import { runHere } from './support/in-process.ts';
import { MAIN, type Site, startSite } from './support/site.ts';

let site: Site;
const hooked: Record<string, unknown>[] = [];
const hook = createServer((request, response) => {
  void text(request).then((body) => {
    hooked.push(JSON.parse(body) as Record<string, unknown>);
    response.end('ok');
  });
});

beforeAll(async () => {
  hook.listen(0, '127.0.0.1');
  await once(hook, 'listening');
  site = await startSite({
    roles: { web: { health: { command: 'test -e ~/well', minHealthyTime: '0s' } } },
    alerts: { down: { for: '2s' } },
    notify: [{ webhook: 'env:HOOK' }],
  });
  site.env['HOOK'] = `http://127.0.0.1:${(hook.address() as { port: number }).port}/secret`;
  for (const { home } of site.fleet.hosts) writeFileSync(join(home, 'well'), '');
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
  hook.closeAllConnections();
  hook.close();
});

type Line = Record<string, unknown>;
/** Whole lines. */
const parsed = (out: string) =>
  out
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);

/** `slipway watch staging …` as a process of its own, until it is interrupted. */
function watching(...args: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, 'watch', 'staging', ...args], {
    ...{ cwd: site.folder, env: site.env, stdio: ['ignore', 'pipe', 'pipe'] },
  });
  let [out, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  return {
    out: () => out,
    errors: () => errors,
    end: async () => {
      child.kill('SIGINT');
      const [code] = (await once(child, 'exit')) as [number | null];
      return code;
    },
  };
}

describe('slipway watch --once', () => {
  test('says how every instance and host is, as a table, and exits 0', async () => {
    const { code, stdout, stderr } = await runHere(site, 'watch', 'staging', '--once');
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^INSTANCE +STATE +HEALTH +RESTARTS +CPU +MEMORY +ERRORS +WORK +ALERTS$/);
    expect(lines.slice(1)).toEqual([
      expect.stringMatching(/^one +disk \d+% used, [\d.]+ [MGT]B free$/),
      expect.stringMatching(/^ {2}web\.1@one +none +\d+ ms +0 +- +- +- +-$/),
      expect.stringMatching(/^two +disk /),
      expect.stringMatching(/^ {2}web\.1@two +none /),
    ]);
  });

  test('with --json says an object a line, in one form; only of what was asked for', async () => {
    const { code, stdout } = await runHere(site, 'watch', 'staging', '--once', '--json', '--host', 'two');
    expect(code).toBe(0);
    expect(parsed(stdout)).toEqual([
      {
        ...{ v: 1, type: 'host', stage: 'staging', host: 'two', at: expect.stringMatching(/Z$/) as string },
        disk: {
          ...{ usedBytes: expect.any(Number) as number, freeBytes: expect.any(Number) as number },
          ...{ inodes: expect.anything() as object, usedShare: expect.any(Number) as number },
        },
      },
      {
        ...{ v: 1, type: 'sample', stage: 'staging', host: 'two', instance: 'web.1@two', status: 'none', detail: '' },
        ...{ at: expect.stringMatching(/Z$/) as string, healthy: true, latencyMs: expect.any(Number) as number },
        ...{ restarts: 0, cpu: null, memory: null, memoryLimit: null, errorsPerMinute: null, workPerSecond: null },
      },
    ]);
  });

  test('in sentences says the same aloud', async () => {
    const { stdout } = await runHere(site, 'watch', 'staging', '--once', '--plain', '--instance', 'web.1@one');
    expect(stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/^one: disk \d+% used, .* free\.$/),
      'web.1@one is there and healthy.',
    ]);
  });

  test.each([
    [['--instance', 'wbe.1@one'], 'Did you mean web.1@one?'],
    [['--host', 'twoo'], 'Did you mean two?'],
    [['--instance', 'web.1@one', '--host', 'two'], 'is both --instance and --host'],
    [['--every', 'often'], 'Write a time from 1s to 10m'],
    [['--host', 'one,,two'], 'Separate names by single commas.'],
  ])('of %j says what is wrong', async (args, words) => {
    const { code, stdout, stderr } = await runHere(site, 'watch', 'staging', '--once', ...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(words);
  });
});

test('slipway watch tells of an alert once when it trips and once when it clears, here and to the webhook', async () => {
  const [one] = site.fleet.hosts;
  const lines = watching('--every', '1s');
  const json = watching('--every', '1s', '--json', '--host', 'one');
  await until(() => /web\.1@one none, health \d+ ms/.test(lines.out()) && json.out().includes('"sample"'));
  rmSync(join(one!.home, 'well'));
  const alerts = () => parsed(json.out()).filter(({ type }) => type === 'alert');
  await until(() => alerts().length === 1);
  await until(() => / ALERT web\.1@one is down for \d+s\n/.test(lines.out()));
  writeFileSync(join(one!.home, 'well'), '');
  await until(() => / over {2}web\.1@one is up again after /.test(lines.out()));
  await until(() => alerts().length === 2);
  await until(() => hooked.length === 4);
  expect(alerts()).toMatchObject([
    { v: 1, event: 'tripped', stage: 'staging', instance: 'web.1@one', alert: 'down', value: 1, threshold: 0 },
    { event: 'cleared', instance: 'web.1@one', alert: 'down', value: 0 },
  ]);
  expect([await lines.end(), await json.end()]).toEqual([130, 130]);
  expect(lines.errors() + json.errors()).toBe('');
  expect(lines.out().match(/ALERT/g)).toHaveLength(1);
  // two that watch, each once
  expect(hooked.map(({ type, instance }) => [type, instance]).sort()).toEqual([
    ['cleared', 'web.1@one'],
    ['cleared', 'web.1@one'],
    ['tripped', 'web.1@one'],
    ['tripped', 'web.1@one'],
  ]);
  expect(lines.out() + json.out()).not.toContain('secret');
});

test('slipway watch --once says of a host that cannot be reached why, and exits 3', async () => {
  const [, two] = site.fleet.hosts;
  const ports = { ...site.env, SLIPWAY_SSH_CONFIG: join(site.folder, 'nowhere') };
  writeFileSync(join(site.folder, 'nowhere'), 'Host *\n  Hostname 127.0.0.1\n  Port 1\n');
  const { code, stdout } = await runHere({ ...site, env: ports }, 'watch', 'staging', '--once', '--host', two!.name);
  expect(code).toBe(3);
  expect(stdout).toMatch(/^two +tells nothing: .*two/m);
});
