import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config/load.ts';
import { live } from './minimal.ts';

const everyKey = fileURLToPath(new URL('../fixtures/configs/valid/every-key.json', import.meta.url));
const repository = fileURLToPath(new URL('../fixtures/configs/valid/repo', import.meta.url));

describe('resolving a stage', () => {
  it('fills in every default', () => {
    expect(live({ roles: { bot: { health: { http: 'http://127.0.0.1/' } } }, prepare: [{ run: 'x' }] })).toMatchObject({
      protected: false,
      source: { type: 'git', repository: '/project', ref: 'HEAD', subdir: '.', build: [], output: '.', exclude: [] },
      prepare: [{ inputs: [], outputs: [], key: undefined, timeoutMs: 900_000 }],
      keepReleases: 5,
      shared: { files: [], dirs: [] },
      rollout: {
        strategy: 'rolling',
        batch: { type: 'count', count: 1 },
        maxUnavailable: { type: 'percent', percent: 25 },
        maxFailures: 0,
        onFailure: 'rollback',
        bake: { ms: 0, untilStableMs: undefined },
        progressDeadlineMs: 600_000,
      },
      hosts: [{ path: [], transport: undefined }],
      instances: [
        {
          port: undefined,
          exclusive: false,
          service: { type: 'files' },
          health: { intervalMs: 1000, timeoutMs: 2000, minHealthyMs: 10_000, deadlineMs: 120_000 },
        },
      ],
    });
  });

  it('takes every key of the language', async () => {
    const settings = await loadSettings({ file: everyKey, stage: 'production' });
    expect(settings).toMatchObject({
      app: 'greeter',
      protected: true,
      source: {
        type: 'git',
        repository,
        ref: 'main',
        subdir: 'packages/bot',
        build: ['npm ci', 'npm run build -- production'],
        output: 'dist',
        exclude: ['*.map'],
      },
      prepare: [
        {
          run: 'npm ci && echo ${SLIPWAY_RELEASE}',
          inputs: ['package-lock.json'],
          outputs: ['node_modules'],
          key: 'node -v',
          timeoutMs: 300_000,
        },
      ],
      keepReleases: 3,
      shared: { files: ['.env'], dirs: ['data'] },
      rollout: {
        batch: { type: 'percent', percent: 50 },
        maxUnavailable: { type: 'count', count: 2 },
        maxFailures: 1,
        onFailure: 'pause',
        bake: { ms: 60_000, untilStableMs: undefined },
        progressDeadlineMs: 1_200_000,
      },
      hosts: [
        {
          name: 'fra-1',
          address: { user: 'deploy', host: '2001:db8::1', port: 2222 },
          deployTo: '/srv/greeter-production',
          path: ['/opt/node/production/bin'],
          transport: 'openssh',
        },
        {
          name: 'fra-2.example.com',
          address: { user: undefined, host: '2001:db8::2', port: undefined },
          transport: 'ssh2',
        },
      ],
    });
    expect(settings.instances).toMatchObject([
      {
        id: 'web.1@fra-1',
        port: 8001,
        service: { type: 'systemd', unit: 'greeter-production-web@1.service', scope: 'user' },
        health: {
          probe: { type: 'http', url: 'https://127.0.0.1:8001/healthz?by=fra-1', status: 204, body: 'web' },
          intervalMs: 500,
          timeoutMs: 1000,
          minHealthyMs: 1500,
          deadlineMs: 60_000,
        },
      },
      { id: 'web.2@fra-1', name: 'web.2', number: 2, host: 'fra-1', port: 8002 },
      { id: 'web.1@fra-2.example.com', port: 8001 },
      {
        id: 'bot.1@fra-1',
        exclusive: true,
        service: {
          type: 'command',
          start: "/srv/greeter-production/instances/bot.1/current/bin/start 1 '${SLIPWAY_RELEASE}'",
          stop: '/srv/greeter-production/instances/bot.1/current/bin/stop ${HOME}',
          status: 'test -e /srv/greeter-production/instances/bot.1/current/x',
          pidFile: '/srv/greeter-production/instances/bot.1/bot.pid',
        },
        health: {
          probe: { type: 'command', command: "curl -sw '%{http_code}' http://127.0.0.1:9001/ | awk '{ print }'" },
        },
      },
    ]);
  });

  it('lets a stage override what stands above it: objects key by key, roles by name, lists as a whole', async () => {
    const settings = await loadSettings({ file: everyKey, stage: 'staging' });
    expect(settings).toMatchObject({
      protected: false,
      keepReleases: 1,
      source: { type: 'dir', dir: '/builds/greeter', exclude: ['*.map'] },
      prepare: [],
      shared: { files: [], dirs: ['data'] },
      rollout: {
        batch: { type: 'count', count: 1 },
        maxUnavailable: { type: 'count', count: 2 },
        bake: { ms: 60_000, untilStableMs: undefined },
      },
      hosts: [{ deployTo: "/srv/o'brien & söhne/greeter" }],
    });
    expect(settings.instances.map(({ id }) => id)).toEqual(['web.1@stg-1', 'files.1@stg-1', 'extra.1@stg-1']);
  });

  it('replaces the probe of another kind, and keeps its times', async () => {
    const { instances } = await loadSettings({ file: everyKey, stage: 'staging' });
    expect(instances[0]!.health).toEqual({
      probe: { type: 'tcp', host: '::1', port: 8001 },
      intervalMs: 500,
      timeoutMs: 3000,
      minHealthyMs: 1500,
      deadlineMs: 60_000,
    });
  });

  it('calls an instance without a probe healthy once it runs for minHealthyTime', async () => {
    const { instances } = await loadSettings({ file: everyKey, stage: 'staging' });
    expect(instances.at(-1)!.health).toMatchObject({ probe: { type: 'running' }, minHealthyMs: 1000 });
  });

  it('waits for nothing where files alone are deployed, and nobody asks them anything', () => {
    expect(live().instances[0]!.health).toMatchObject({ probe: { type: 'running' }, minHealthyMs: 0 });
  });

  it('orders instances by role, then host, then number', () => {
    const hosts = ['b', 'a'].map((name) => ({ name, address: name, roles: { web: 2, bot: 1 } }));
    const settings = live({ roles: { bot: {}, web: {} }, stages: { live: { hosts } } });
    expect(settings.instances.map(({ id }) => id)).toEqual([
      'bot.1@b',
      'bot.1@a',
      'web.1@b',
      'web.2@b',
      'web.1@a',
      'web.2@a',
    ]);
  });

  it('takes a port alone as a port of the host itself', () => {
    const settings = live({ roles: { bot: { port: 80, health: { tcp: '{port}' } } } });
    expect(settings.instances[0]!.health.probe).toEqual({ type: 'tcp', host: '127.0.0.1', port: 80 });
  });

  it('quotes the path of {current} for the shell, and only there', () => {
    const service = { start: 'cd {current}', stop: 'x', status: 'x', pidFile: '{current}/pid' };
    const { instances } = live({ deployTo: "/srv/o'brien $(id)", roles: { bot: { service } } });
    expect(instances[0]!.service).toMatchObject({
      start: `cd '/srv/o'\\''brien $(id)/instances/bot.1/current'`,
      pidFile: `/srv/o'brien $(id)/instances/bot.1/current/pid`,
    });
  });

  it('leaves braces of shells, curl and templates alone', () => {
    const run = 'echo ${HOME} ${stage} %{http_code} {{stage}} {a,b} {} { stage }';
    expect(live({ prepare: [{ run }] }).prepare[0]!.run).toBe(run);
  });

  it('checks a role that no host runs yet', () => {
    expect(() => live({ roles: { idle: { service: { systemd: 'x-{nothing}' } } } })).toThrow('has a mistake');
  });

  it('lets two stages share a machine as long as folders, units and ports differ', () => {
    const hosts = [{ name: 'fra-1', address: 'ana@FRA-1:22', roles: { bot: 1 } }];
    const apart = { systemd: '{app}-{stage}' };
    expect(() => live({ roles: { bot: { service: apart } }, stages: { second: { hosts } } })).not.toThrow();
    expect(() => live({ roles: { bot: { service: { systemd: 'x' } } }, stages: { second: { hosts } } })).toThrow(
      'mistake',
    );
    expect(() => live({ deployTo: '/srv/x', stages: { second: { hosts } } })).toThrow('mistake');
  });

  it('takes units of two users as two units', () => {
    const second = { hosts: [{ name: 'fra-1', address: 'ben@fra-1', roles: { bot: 1 } }] };
    const service = (scope: string) => ({ roles: { bot: { service: { systemd: 'bot', scope } } }, stages: { second } });
    expect(() => live(service('user'))).not.toThrow();
    expect(() => live(service('system'))).toThrow('mistake');
  });
});
