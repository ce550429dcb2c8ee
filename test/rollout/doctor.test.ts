import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import type { InstanceState } from '../../src/host/state.ts';
import { AREAS, type Check } from '../../src/rollout/diagnosis.ts';
import { diagnosisOf } from '../../src/rollout/doctor.ts';
import { AREA_OF } from '../../src/rollout/doctor/check-findings.ts';
import { diagnose } from '../../src/rollout/doctor/examine.ts';
import type { Examined, RoundTrip } from '../../src/rollout/doctor/examined.ts';
import { type Way, wayOf } from '../../src/ssh/way.ts';
import { live } from '../config/minimal.ts';
import { BOT, CALM, checksIn, lockOf, notOk, short, SPEC, TRIP, WAY } from './support/calm-host.ts';
import { CASES } from './support/doctor-cases.ts';
import { fakeStage } from './support/fake-stage.ts';
import { NEW, record } from './support/worlds.ts';

test('of a host that is well everything that was looked at is said, area by area', () => {
  const checks = checksIn({});
  expect(checks.map(short)).toEqual([
    'ok ssh: logged in as deploy@203.0.113.10:22 by ssh2; a request and its answer take 24 ms',
    'ok clock: its clock and the one of this machine agree',
    'ok disk: 12.0 GB are free',
    'ok disk: 1000000 more files are possible',
    'ok tools: all that a deploy needs is there: tar, gzip, awk, sha256sum and timeout',
    'ok tools: zstd is there: what has changed is sent as its difference to what it was',
    'ok tools: health is asked for with curl',
    'ok rights: deploy may restart and stop greeter@1',
    'ok rights: deploy may read the journal of greeter@1',
    'ok folder: /srv/greeter-live belongs to greeter live, and can be written to',
    'ok folder: 2 releases with folder and list of files (not hashed)',
    'ok service: systemd answers',
    'ok service: an update goes on when the connection is lost',
    'ok service: bot.1 runs for 1h00m',
    'ok health: bot.1 is healthy: http://127.0.0.1:5001/healthz: 200 after 12 ms',
    'ok lock: nobody has locked it',
    `ok drift: all is on ${NEW}`,
  ]);
  expect([...new Set(checks.map(({ area }) => area))]).toEqual(AREAS);
});

describe('the way to a host is told', () => {
  const ways: readonly (readonly [string, Way | undefined, string])[] = [
    ['through others', { ...WAY, through: ['bastion', 'inner'] }, 'by ssh2, through bastion, inner;'],
    ['by a command', wayOf({ ...SPEC, proxyCommand: 'nc %h %p' }, 'ssh2'), 'by ssh2, through a ProxyCommand;'],
    ['with its brackets', { ...WAY, host: '2001:db8::1' }, 'as deploy@[2001:db8::1]:22 by ssh2;'],
    [
      'with what needs it',
      wayOf({ ...SPEC, needsOpenSsh: ['CertificateFile ~/.ssh/id-cert.pub'] }, 'openssh'),
      "by the system's ssh, which CertificateFile ~/.ssh/id-cert.pub needs;",
    ],
    ['as far as it is known', undefined, 'a request and its answer take 24 ms'],
  ];
  it.each(ways)('%s', (_, way, words) => {
    expect(checksIn({ examined: { way } })[0]).toMatchObject({ area: 'ssh', verdict: 'ok' });
    expect(checksIn({ examined: { way } })[0]!.what).toContain(words);
  });

  it('without a time that was not taken', () => {
    expect(checksIn({ examined: { trip: undefined, way: undefined } })[0]!.what).toBe('it answers');
  });
});

describe('the clock', () => {
  const trips: readonly (readonly [RoundTrip | undefined, Check['verdict'], string])[] = [
    [{ ms: 20, ahead: 0 }, 'ok', 'agree'],
    [{ ms: 20, ahead: 1000 }, 'ok', 'agree'],
    [{ ms: 20, ahead: -1000 }, 'ok', 'agree'],
    [{ ms: 20, ahead: 1011 }, 'warning', 'is 1s ahead of'],
    [{ ms: 20, ahead: -2500 }, 'warning', 'is 2.5s behind'],
    [{ ms: 20, ahead: 30_000 }, 'warning', 'is 30s ahead of'],
    [{ ms: 20, ahead: 30_011 }, 'bad', 'is 30s ahead of'],
    [{ ms: 20, ahead: -3_600_000 }, 'bad', 'is 1h00m behind'],
    [{ ms: 4000, ahead: 2900 }, 'ok', 'agree'],
    [{ ms: 4000, ahead: 3100 }, 'warning', 'is 3.1s ahead of'],
    [{ ms: 20, ahead: undefined }, 'unknown', 'was not told'],
    [undefined, 'unknown', 'was not told'],
  ];
  it.each(trips)('%j is %s: %s', (trip, verdict, words) => {
    const [check] = checksIn({ examined: { trip } }).filter(({ area }) => area === 'clock');
    expect(check).toMatchObject({ verdict, what: expect.stringContaining(words) });
    expect(check!.mend !== undefined).toBe(verdict === 'warning' || verdict === 'bad');
  });
});

describe('in a diagnosis', () => {
  it.each(Object.keys(CASES))('%s', (name) => {
    const [what, ...expected] = CASES[name]!;
    const found = notOk(checksIn(what));
    expect(found).toHaveLength(expected.length);
    expected.forEach((pattern, index) => expect(found[index]).toMatch(pattern));
  });

  it('nothing is said to be missing and there at once', () => {
    const finding = (kind: string) => ({ severity: 'missing' as const, kind, what: kind, mend: 'mend' });
    const findings = ['tool', 'sudo', 'journal', 'shared', 'setsid'].map(finding);
    const checks = checksIn({ state: { findings }, settings: { shared: { files: ['.env'] } } });
    const all = checksIn({ settings: { shared: { files: ['.env'] } } });
    expect(all.length - checks.filter(({ verdict }) => verdict === 'ok').length).toBe(findings.length);
  });

  it.each([
    ['belongs to greeter live, and can be written to', {}],
    ['belongs to greeter live', { findings: [{ severity: 'missing', kind: 'readonly', what: '', mend: '' }] }],
    ['does not say whose it is; the next deploy takes it', { owner: undefined }],
    ['has nothing of slipway yet; the first deploy makes what it needs', { owner: undefined, initialised: false }],
  ] as const)('a folder %s', (words, state) => {
    expect(checksIn({ state }).map(({ what }) => what)).toContain(`/srv/greeter-live ${words}`);
  });

  it('releases that were begun are no trouble, as no link points at them', () => {
    const releases = [
      ...CALM.releases,
      record('a', 3, 'preparing'),
      { ...record('b', 4, 'preparing'), present: false },
    ];
    const checks = checksIn({ state: { releases } });
    expect(notOk(checks)).toEqual([]);
    expect(checks.map(short)).toContain(
      'ok folder: a and b are unfinished: no link may point there, and later deploys delete what is left',
    );
  });

  it('a stage that was never deployed has nothing bad', () => {
    const service = { ...BOT.service, status: 'stopped' as const, pid: undefined };
    const bot = {
      current: undefined,
      previous: undefined,
      runs: { type: 'nothing' as const },
      health: undefined,
      service,
    };
    const checks = checksIn({ bot, state: { releases: [], initialised: false, owner: undefined } });
    expect(notOk(checks)).toEqual([
      'unknown health: http://127.0.0.1:5001/healthz was not asked: bot.1 was not deployed yet',
    ]);
    expect(checks.map(short)).toContain('ok service: bot.1 was not deployed yet');
  });

  it('what hosts say is made fit for a terminal, mends as well', () => {
    const evil = '\u001b]52;c;aGFja2Vk\u0007\u001b[2J\u202e';
    const checks = checksIn({
      bot: {
        service: { ...BOT.service, status: 'failed', detail: evil },
        health: { healthy: false, outcome: evil, latencyMs: 1 },
      },
      state: {
        ...{ owner: evil, user: evil, lock: lockOf({ who: evil, why: evil }, 60_000) },
        findings: [{ severity: 'missing', kind: 'sudo', what: evil, mend: evil }],
      },
    });
    expect(JSON.stringify(checks)).not.toMatch(/\\u001b|\\u0007|\u202e/);
    expect(JSON.stringify(checks)).toContain('\\\\u202e');
  });
});

describe('the traffic of slots', () => {
  const settings = {
    roles: {
      web: {
        service: { systemd: 'web@{instance}' },
        slots: { blue: 8001, green: 8101 },
        traffic: { haproxy: '/run/haproxy/admin.sock', backend: 'web' },
      },
    },
    stages: { live: { hosts: [{ name: 'fra-1', address: 'fra-1', roles: { web: 1 } }] } },
    rollout: { strategy: 'blue-green' },
  };
  const instance = (slot: string): InstanceState => ({
    ...BOT,
    id: `web.${slot}.1@fra-1`,
    name: `web.${slot}.1`,
    health: undefined,
  });
  const server = (slot: string, wanted: 'ready' | 'drain') => ({
    ...{ role: 'web', server: `web.${slot}.1`, wanted, up: true, weight: 1, sessions: 0 },
  });
  const traffic = (...wanted: readonly ['ready' | 'drain', 'ready' | 'drain']) => {
    const instances = ['blue', 'green'].map(instance);
    const stopped: InstanceState = {
      ...instances[1]!,
      service: { ...BOT.service, status: 'stopped' },
      runs: { type: 'nothing' },
    };
    const one: Examined = {
      ...{ type: 'read', host: 'fra-1', way: WAY, trip: TRIP, owner: 'unknown' },
      state: {
        ...CALM,
        instances: [instances[0]!, stopped],
        traffic: [server('blue', wanted[0]), server('green', wanted[1])],
      },
    };
    const base = live(settings);
    return diagnosisOf({ ...base, instances: base.instances.filter(({ role }) => role === 'web') }, [one]).hosts[0]!
      .checks;
  };

  it('is told, and what idles need not run', () => {
    const checks = traffic('ready', 'drain');
    expect(notOk(checks)).toEqual([]);
    expect(checks.map(short)).toEqual(
      expect.arrayContaining([
        'ok rights: deploy may direct the traffic of HAProxy',
        'ok service: HAProxy has 2 servers for web in web, 2 of them up; blue takes the traffic',
        'ok service: web.green.1 does not run: its slot idles',
      ]),
    );
  });

  it('is a warning where no proxy tells whose it is', () => {
    expect(notOk(traffic('ready', 'ready'))[0]).toMatch(/^warning service: HAProxy has .* does not tell which slot/);
  });
});

describe('a host that cannot be read', () => {
  const error = {
    ...{
      code: 'SLIP_AUTH_REFUSED',
      message: 'fra-1 (deploy@fra-1:22) refused the login.',
      mend: 'ssh-copy-id deploy@fra-1',
    },
    detail: ['tried 1: key file id_ed25519', 'its banner: \u001b[2Jgo away'],
  };
  const unread = (more: Partial<Extract<Examined, { type: 'unread' }>>) =>
    diagnosisOf(live(), [{ type: 'unread', host: 'fra-1', way: undefined, error, ...more }]).hosts[0]!.checks;

  it('is bad with its error, what was tried, and its mend; nothing else is known', () => {
    expect(unread({})).toEqual([
      {
        ...{ area: 'ssh', verdict: 'bad', what: 'fra-1 (deploy@fra-1:22) refused the login', mend: error.mend },
        detail: ['tried 1: key file id_ed25519', 'its banner: go away'],
      },
      { area: 'ssh', verdict: 'unknown', what: 'nothing else of this host could be looked at', mend: undefined },
    ]);
  });

  it('though sshd has let us in is told so, and a tool that it lacks is one of its tools', () => {
    const lacks = {
      code: 'SLIP_TOOL',
      message: 'fra-1: gzip is not installed.',
      mend: 'apt-get install gzip',
      detail: [],
    };
    expect(unread({ way: WAY, error: lacks }).map(short)).toEqual([
      'ok ssh: logged in as deploy@203.0.113.10:22 by ssh2',
      'unknown ssh: nothing else of this host could be looked at',
      'bad tools: fra-1: gzip is not installed → apt-get install gzip',
    ]);
  });
});

describe('a stage', () => {
  it('is looked at on all hosts, of which one may be away, and nothing is changed', async () => {
    await using stage = await fakeStage({ hosts: 2, instances: 1 });
    await stage.deploy('one');
    const before = stage.hosts.map(({ said, told }) => [said.length, told.length]);
    stage.host('h2').unreachable = true;
    const { hosts } = await diagnose(stage.stage, () => WAY);
    expect(hosts.map(({ host }) => host)).toEqual(['h1', 'h2']);
    expect(hosts[0]!.checks.filter(({ verdict }) => verdict === 'bad' && verdict).map(short)).toEqual([
      expect.stringMatching(/^bad clock: its clock is 11h42m behind/),
    ]);
    expect(hosts[1]!.checks).toContainEqual(expect.objectContaining({ verdict: 'bad', what: 'h2 does not answer' }));
    expect(stage.hosts.map(({ said, told }) => [said.length, told.length])).toEqual(before);
  });

  it('has drifted where a host is on another release than the rest', async () => {
    await using stage = await fakeStage({ hosts: 2, instances: 1 });
    const { release } = await stage.deploy('one');
    await stage.deploy('two');
    stage.host('h2').links.set('bot.1', release);
    const { hosts } = await diagnose(stage.stage, () => undefined);
    const drift = hosts.map(({ checks }) =>
      checks.filter(({ area }) => area === 'drift').map(({ verdict }) => verdict),
    );
    expect(drift).toEqual([['ok'], ['warning']]);
  });
});

test('whatever the host script may find missing belongs to an area', () => {
  const folder = join(import.meta.dirname, '../../src/host/script');
  const script = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  const kinds = script.flatMap((text) =>
    [...text.matchAll(/\bneed (?:missing|warning) (\w+)/g)].map(([, kind]) => kind!),
  );
  expect([...new Set(kinds)].sort()).toEqual(Object.keys(AREA_OF).sort());
});
