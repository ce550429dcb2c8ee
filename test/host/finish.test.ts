import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { FinishOptions } from '../../src/host/verbs.ts';
import type { LocalHost } from '../support/local-host.ts';
import { at } from './bots.ts';
import { hostMaker, SHELLS } from './shells.ts';
import { begin, bot, build, NOTHING_SHARED, ONE, send, THREE, TWO } from './stage.ts';

const makeHost = hostMaker();

const FOUR = '20261121T114204Z-4444444';
const FIVE = '20261121T114205Z-5555555';
const SIX = '20261121T114206Z-6666666';

const finishing = (more: Partial<FinishOptions> = {}): FinishOptions => ({
  rollout: 'r1',
  marks: [],
  prune: [],
  history: '',
  lock: 'keep',
  journal: '',
  ...more,
});

async function releases(host: LocalHost): Promise<readonly string[]> {
  return (await readdir(at(host, 'releases'))).sort();
}

async function sendAll(host: LocalHost, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await using built = await build(host, { id, 'vendor/releases/1.0/x': 'x' });
    await send(host, built, { release: id });
  }
}

describe.each(SHELLS)('the end of a rollout under %s', (shell) => {
  test('prunes what it is told to, but never what a link or a process uses', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    await sendAll(host, [ONE, TWO, THREE, FOUR, FIVE, SIX]);
    await mkdir(at(host, 'instances/bot.1'), { recursive: true });
    await symlink(`../../releases/${SIX}`, at(host, 'instances/bot.1/current'));
    await symlink(`../../releases/${FIVE}`, at(host, 'instances/bot.1/previous'));
    await symlink(`releases/${FOUR}`, at(host, 'current'));
    const working = spawn('sleep', ['60'], { cwd: at(host, 'releases', THREE, 'vendor/releases/1.0') });
    const all = [ONE, TWO, THREE, FOUR, FIVE, SIX];
    await expect(host.client.finish(finishing({ prune: all.slice(1) }))).resolves.toEqual([TWO]);
    expect(await releases(host)).toEqual([ONE, THREE, FOUR, FIVE, SIX]);
    expect(existsSync(at(host, '.slipway/ledger', `${TWO}.json`))).toBe(false);
    const manifests = (await readdir(at(host, '.slipway/manifests'))).length;
    expect(manifests).toBe(5);
    working.kill('SIGKILL');
  });

  test('marks releases, writes history, and gives the lock back', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    await sendAll(host, [ONE, TWO]);
    const record = { at: 1, by: "ana's", what: 'deploy', outcome: 'succeeded', why: '"100%" \\n $(x)', rollout: 'r1' };
    const marks = [
      { release: ONE, status: 'good' as const },
      { release: TWO, status: 'failed' as const },
      { release: 'unknown', status: 'good' as const },
    ];
    await host.client.finish(finishing({ marks, history: JSON.stringify(record), lock: 'release' }));
    const state = await host.client.probe({ instances: [], shared: NOTHING_SHARED, depth: 'look' });
    expect(state.releases.map(({ status }) => status)).toEqual(['good', 'failed']);
    expect(state.lock).toBeUndefined();
    await expect(host.client.history(5)).resolves.toEqual([record]);
    await begin(host, 'r2');
    await host.client.finish(finishing({ rollout: 'r2', history: '{"at":2,"by":"b","what":"w","outcome":"o"}' }));
    await expect(host.client.history(1)).resolves.toMatchObject([{ at: 2 }]);
    await expect(host.client.unlock({ rollout: 'r2' })).resolves.toMatchObject({ type: 'released' });
  });

  test('keeps what has arrived of an upload for the next attempt, until a release has become good', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    const arrived = at(host, '.slipway/incoming/x/new');
    await mkdir(arrived, { recursive: true });
    await host.client.finish(finishing({ marks: [{ release: ONE, status: 'failed' }] }));
    expect(existsSync(arrived)).toBe(true);
    await host.client.finish(finishing({ marks: [{ release: ONE, status: 'good' }] }));
    expect(existsSync(arrived)).toBe(false);
  });

  test('keeps the folder small: old rollouts, scripts, uploads, locks and half-written files go', async () => {
    await using host = await makeHost(shell);
    await begin(host, '20261121T000000Z-mine');
    const meta = (...path: string[]) => at(host, '.slipway', ...path);
    for (let day = 1; day <= 25; day += 1) await mkdir(meta('rollouts', `202701${String(day).padStart(2, '0')}T-r`));
    await mkdir(meta('rollouts', '20261121T000000Z-mine'));
    for (const left of ['incoming/x/tree', 'trash.x/y', 'lock.gone.1', 'lock.dead.old', 'lock.young']) {
      await mkdir(meta(left), { recursive: true });
    }
    for (const left of [
      'ledger/x.json.12.new',
      'app.json.3.new',
      'manifests/0abc',
      'host-1.sh',
      'host-2.sh',
      'host-3.sh',
    ]) {
      await writeFile(meta(left), 'x');
    }
    const longAgo = new Date(Date.now() - 2 * 3600_000);
    for (const old of ['lock.gone.1', 'lock.dead.old', 'ledger/x.json.12.new', 'app.json.3.new', 'host-1.sh']) {
      await utimes(meta(old), longAgo, longAgo);
    }
    const marks = [{ release: ONE, status: 'good' as const }];
    await host.client.finish(finishing({ rollout: '20261121T000000Z-mine', marks }));
    // a moment after the answer, the scripts last
    await expect.poll(() => existsSync(meta('host-1.sh')), { timeout: 10_000 }).toBe(false);
    const rollouts = await readdir(meta('rollouts'));
    expect(rollouts).toHaveLength(21);
    expect(rollouts).toContain('20261121T000000Z-mine');
    expect(rollouts).not.toContain('20270101T-r');
    const left = await readdir(meta());
    expect(left.filter((name) => /^(trash|lock)/.test(name)).sort()).toEqual(['lock', 'lock.young']);
    expect(left.filter((name) => name.endsWith('.new'))).toEqual([]);
    expect(left.filter((name) => name.startsWith('host-')).length).toBeLessThanOrEqual(3);
    for (const empty of ['ledger', 'incoming', 'manifests']) expect(await readdir(meta(empty))).toEqual([]);
    // our own script is among those that stay
    await expect(host.client.history(1)).resolves.toEqual([]);
  });
});

test('a name that is no release prunes nothing', async () => {
  await using host = await makeHost('dash');
  await begin(host);
  await mkdir(at(host, 'shared/precious'));
  const prune = ['../shared/precious', '..', '', '*', '$(touch x)', `${ONE}/..`];
  await expect(host.client.finish(finishing({ prune }))).resolves.toEqual([]);
  expect(existsSync(at(host, 'shared/precious'))).toBe(true);
});

test('a manifest stays as long as one release needs it', async () => {
  await using host = await makeHost('dash');
  await begin(host);
  await using built = await build(host, { a: 'a' });
  await send(host, built, { release: ONE });
  await send(host, built, { release: TWO });
  await host.client.finish(finishing({ prune: [ONE] }));
  await expect(host.client.manifest(built.manifest.digest)).resolves.toBeDefined();
  await host.client.finish(finishing({ prune: [TWO] }));
  await expect(host.client.manifest(built.manifest.digest)).resolves.toBeUndefined();
});

test('a release whose program a process runs from elsewhere is in use', async () => {
  await using host = await makeHost('dash');
  await begin(host);
  await sendAll(host, [ONE]);
  await rm(at(host, 'releases', ONE, 'id'));
  execFileSync('cp', ['/bin/sleep', at(host, 'releases', ONE, 'own-sleep')]);
  const running = spawn(at(host, 'releases', ONE, 'own-sleep'), ['60'], { cwd: '/' });
  await expect(host.client.finish(finishing({ prune: [ONE] }))).resolves.toEqual([]);
  running.kill('SIGKILL');
});

test('a release that was deployed before gets its new place in the ledger', async () => {
  await using host = await makeHost('dash');
  await begin(host);
  await sendAll(host, [ONE]);
  const ledger = (await readFile(at(host, '.slipway/ledger', `${ONE}.json`), 'utf8')).replace('114201', '999');
  await host.client.ledger({ rollout: 'r1', release: ONE, ledger: ledger.trim() });
  const state = await host.client.probe({ instances: [], shared: NOTHING_SHARED, depth: 'look' });
  expect(state.releases).toMatchObject([{ id: ONE, sequence: 999, status: 'ready' }]);
  const missing = host.client.ledger({ rollout: 'r1', release: TWO, ledger });
  await expect(missing).rejects.toMatchObject({ code: 'SLIP_ABSENT' });
});

test('instances that nobody names any more are told, with what is needed to stop them', async () => {
  await using host = await makeHost('busybox');
  await begin(host);
  for (const name of ['bot.1', 'bot.2', 'web.blue.1', 'no instance']) {
    await mkdir(at(host, 'instances', name), { recursive: true });
    await symlink(`../../releases/${ONE}`, at(host, 'instances', name, 'current'));
    await writeFile(at(host, 'instances', name, 'service'), '{"type":"files"}\n');
  }
  await mkdir(at(host, 'instances/bot.3'));
  const state = await host.client.probe({ instances: [bot({ name: 'bot.1' })], shared: NOTHING_SHARED, depth: 'look' });
  expect(state.leftovers).toEqual([
    { name: 'bot.2', current: ONE, service: '{"type":"files"}' },
    { name: 'web.blue.1', current: ONE, service: '{"type":"files"}' },
  ]);
});
