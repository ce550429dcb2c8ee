import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { HostState } from '../../src/host/state.ts';
import type { TrafficOptions } from '../../src/host/verbs.ts';
import { type HaProxy, startHaProxy } from '../support/haproxy.ts';
import { localHost, type LocalHost } from '../support/local-host.ts';
import { find, hostMaker, onlyTools, SHELLS } from './shells.ts';
import { begin, NOTHING_SHARED } from './stage.ts';

const makeHost = hostMaker();
const hasHaProxy = find('haproxy') !== undefined;
if (!hasHaProxy && process.env['CI'] === 'true') throw new Error('haproxy is missing');

const BLUE = ['bot.blue.1', 'bot.blue.2'];
const GREEN = ['bot.green.1', 'bot.green.2'];

function probe(host: LocalHost, { proxy }: HaProxy, depth: 'look' | 'rights' = 'look'): Promise<HostState> {
  return host.client.probe({ instances: [], shared: NOTHING_SHARED, proxies: [proxy], depth });
}

function shift(host: LocalHost, { proxy }: HaProxy, more: Partial<TrafficOptions> = {}) {
  return host.client.traffic({ rollout: 'r1', proxy, ready: GREEN, drain: BLUE, enough: 'all', ...more });
}

/** What the proxy says: "bot.blue.1 ready up". */
const told = (servers: HostState['traffic']) =>
  servers.map(({ server, wanted, up }) => `${server} ${wanted} ${up ? 'up' : 'down'}`);

const findings = ({ findings: all }: HostState) => all.map(({ severity, what }) => `${severity}: ${what}`);

async function running(host: LocalHost, ...servers: readonly string[]): Promise<HaProxy> {
  await begin(host);
  const haproxy = await startHaProxy();
  await Promise.all(servers.map((server) => haproxy.start(server)));
  return haproxy;
}

describe.skipIf(!hasHaProxy).each(SHELLS)('traffic under %s (skipped where haproxy is missing)', (shell) => {
  test('a probe tells of each server what is wanted of it and how it is', async () => {
    await using host = await makeHost(shell);
    await using haproxy = await running(host, ...BLUE, 'bot.green.1');
    await haproxy.say('set server web/bot.green.1 state drain;set server web/bot.green.2 state maint');
    await haproxy.say('set server web/bot.blue.2 weight 50%');
    const { traffic } = await probe(host, haproxy);
    expect(told(traffic)).toEqual([
      'bot.blue.1 ready up',
      'bot.blue.2 ready up',
      'bot.green.1 drain up',
      'bot.green.2 maint down',
    ]);
    expect(traffic[1]).toMatchObject({ role: 'bot', sessions: 0 });
  });

  test('goes over once all that are to take it are up, and doing it twice does no harm', async () => {
    await using host = await makeHost(shell);
    await using haproxy = await running(host, ...BLUE, ...GREEN);
    await haproxy.say('set server web/bot.green.1 state drain;set server web/bot.green.2 state drain');
    const after = ['bot.blue.1 drain up', 'bot.blue.2 drain up', 'bot.green.1 ready up', 'bot.green.2 ready up'];
    for (let time = 0; time < 2; time += 1) {
      const { shifted, servers } = await shift(host, haproxy);
      expect([shifted, ...told(servers)]).toEqual(['yes', ...after]);
      expect(await (await fetch(haproxy.url)).text()).toMatch(/^bot\.green/);
    }
  });

  test('stays where it is as long as one of them is down, unless one is enough', async () => {
    await using host = await makeHost(shell);
    await using haproxy = await running(host, ...BLUE, 'bot.green.1');
    await haproxy.say('set server web/bot.green.1 state drain;set server web/bot.green.2 state drain');
    const before = ['bot.blue.1 ready up', 'bot.blue.2 ready up', 'bot.green.1 drain up', 'bot.green.2 drain down'];
    const waits = await shift(host, haproxy);
    expect([waits.shifted, ...told(waits.servers)]).toEqual(['no', ...before]);
    const { shifted, servers } = await shift(host, haproxy, { enough: 'one' });
    expect([shifted, told(servers)[0], told(servers)[2]]).toEqual([
      'yes',
      'bot.blue.1 drain up',
      'bot.green.1 ready up',
    ]);
  });

  test('does not go to what comes out of maintenance before it has been checked', async () => {
    await using host = await makeHost(shell);
    await using haproxy = await running(host, ...BLUE, ...GREEN);
    await haproxy.say('set server web/bot.green.1 state maint;set server web/bot.green.2 state drain');
    const { shifted } = await shift(host, haproxy);
    expect(shifted).toBe('no');
    await expect.poll(async () => (await shift(host, haproxy)).shifted, { timeout: 5000 }).toBe('yes');
  });

  test('is taken from servers alone when none is to take it', async () => {
    await using host = await makeHost(shell);
    await using haproxy = await running(host, ...BLUE);
    const { shifted, servers } = await shift(host, haproxy, { ready: [], drain: ['bot.green.1', 'bot.green.2'] });
    expect([shifted, told(servers)[2]]).toEqual(['yes', 'bot.green.1 drain down']);
  });

  test('is not touched without the lock', async () => {
    await using host = await makeHost(shell);
    await using haproxy = await running(host, ...BLUE, ...GREEN);
    await expect(shift(host, haproxy, { rollout: 'other' })).rejects.toMatchObject({ code: 'SLIP_SUPERSEDED' });
    expect(told((await probe(host, haproxy)).traffic)[0]).toBe('bot.blue.1 ready up');
  });

  test('cannot be switched with a right to look alone, and a probe names the mend', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    await using haproxy = await startHaProxy({ level: 'operator' });
    const state = await probe(host, haproxy, 'rights');
    expect(findings(state)).toContain(`missing: HAProxy lets us do no more than "operator" at ${haproxy.proxy.socket}`);
    expect(state.findings[0]?.mend).toContain(
      `stats socket ${haproxy.proxy.socket} mode 660 group haproxy level admin`,
    );
    await expect(shift(host, haproxy)).rejects.toMatchObject({ code: 'SLIP_TRAFFIC' });
  });

  test('needs its backend and every server, each of them checked', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    await using haproxy = await startHaProxy({ options: '' });
    const { proxy } = haproxy;
    expect(findings(await probe(host, haproxy, 'rights'))[0]).toMatch(
      'warning: HAProxy does not check the server web/',
    );
    const other = { ...haproxy, proxy: { ...proxy, backend: 'shop' } };
    expect(findings(await probe(host, other, 'rights'))[0]).toBe(
      'missing: HAProxy has no server bot.blue.1 in a backend shop',
    );
    await expect(shift(host, other)).rejects.toMatchObject({
      code: 'SLIP_TRAFFIC',
      message: expect.stringContaining('no server bot.green.1') as string,
    });
  });

  test('is unknown where nothing answers, and a probe says so', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    const haproxy = await startHaProxy();
    await haproxy[Symbol.asyncDispose]();
    const state = await probe(host, haproxy, 'rights');
    expect([state.traffic, findings(state)]).toEqual([[], [`missing: no HAProxy answers at ${haproxy.proxy.socket}`]]);
  });
});

describe.skipIf(!hasHaProxy)('the socket of a proxy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-clients-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const CLIENTS = ['socat', 'nc', 'perl', 'python3', 'node'];
  test.each(CLIENTS)('is spoken to with %s, where that is all there is', async (tool) => {
    const bin = join(folder, tool);
    mkdirSync(bin);
    const path = tool === 'node' ? process.execPath : find(tool);
    if (path === undefined) throw new Error(`${tool} is missing`);
    symlinkSync(path, join(bin, tool));
    await using host = await localHost({ env: { PATH: `${bin}:${onlyTools({})}` } });
    await using haproxy = await running(host, ...BLUE, ...GREEN);
    const { shifted, servers } = await shift(host, haproxy);
    expect([shifted, told(servers)[0]]).toEqual(['yes', 'bot.blue.1 drain up']);
  });

  test('is not spoken to where there is none of them, and a probe names them', async () => {
    await using host = await localHost({ env: { PATH: onlyTools({}) } });
    await using haproxy = await running(host);
    expect(findings(await probe(host, haproxy, 'rights'))).toContain(
      'missing: socat (or nc -U, perl, python3, node) is not installed',
    );
  });
});
