import type { Sample } from '../../../src/analysis/sample.ts';
import { initialFleet } from './many-hosts.ts';
import { driftedFleet, HOSTS, INSTANCES, instance, read, troubledFleet } from './fleet.ts';
import type { Scene } from './scene.ts';

/** The fleet in all its sizes and shapes, and what is picked from over it. */
export const FLEET_SCENES: Readonly<Record<string, Scene>> = {
  'fleet-none': {
    options: {
      prepare: (session) => {
        Object.assign(session, { hosts: [], instances: [] });
        session.fleet = () => Promise.resolve(initialFleet([]));
      },
    },
    shows: '0 hosts',
    play: () => Promise.resolve(),
  },
  'fleet-500': {
    options: {
      protected: true,
      prepare: (session) => {
        const hosts = Array.from({ length: 500 }, (_, index) => `web-${String(index + 1).padStart(3, '0')}`);
        Object.assign(session, { hosts, instances: hosts.map((host) => `web.1@${host}`) });
        session.fleet = () =>
          Promise.resolve(initialFleet(hosts.map((host) => read(host, { instances: [instance(`web.1@${host}`)] }))));
      },
    },
    shows: '500 healthy',
    play: (app) => app.press('G', 'k', 'k'),
  },
  'fleet-cjk': {
    options: {
      others: ['準備'],
      prepare: (session) => {
        const hosts = ['東京-1', '大阪-1', 'フランクフルト-1'];
        Object.assign(session, { hosts, instances: hosts.map((host) => `案内.1@${host}`) });
        const readings = hosts.map((host) => read(host, { user: '配備', instances: [instance(`案内.1@${host}`)] }));
        session.fleet = () => Promise.resolve(initialFleet(readings));
      },
    },
    shows: 'フランクフルト-1',
    play: (app) => app.press('j', 'j'),
  },
  'fleet-filtered': {
    options: {
      others: ['staging', 'internal'],
      prepare: (session) => (session.fleet = () => Promise.resolve(troubledFleet())),
    },
    shows: 'Show only',
    play: (app) => app.press('/', ...Array.from('!hel state:run')),
  },
  'fleet-table': {
    options: { prepare: (session) => (session.fleet = () => Promise.resolve(driftedFleet())) },
    shows: 'what is wrong first',
    play: (app) => app.press('v'),
  },
  'fleet-vitals': {
    shows: '/min',
    play: async (app) => {
      for (let i = 0; i < 20; i += 1) {
        await app.clock.advance(5000);
        for (const host of HOSTS) app.session.hearing?.onVitals(host, samplesOf(host, app.clock.now(), i));
        await app.settle();
      }
    },
  },
  stages: { options: { others: ['staging', '準備'] }, shows: 'Choose a stage', play: (app) => app.press('S', 'j') },
  palette: { shows: 'Commands', play: (app) => app.press(':', 'r', 'o', 'l', 'l', 'down') },
  views: {
    shows: 'Saved views',
    play: async (app) => {
      await app.press('/', ...Array.from('bot.1'), 'enter', 'V', ...Array.from('night watch'), 'enter');
      await app.press('V');
    },
  },
  columns: { shows: 'Columns', play: (app) => app.press('C', 'down', 'enter') },
  messages: {
    shows: 'columns: RELEASE is hidden',
    play: (app) => app.press('c', 'C', 'down', 'enter', 'esc', 'M'),
  },
  doctor: { shows: 'Doctor', play: diagnosed },
};

async function diagnosed(app: Parameters<Scene['play']>[0]): Promise<void> {
  app.session.diagnoses = () =>
    Promise.resolve({
      hosts: [
        {
          host: 'fra-1',
          checks: [
            {
              area: 'ssh',
              verdict: 'ok',
              what: 'connected as deploy to 203.0.113.10:22, one round trip takes 18 ms',
              mend: undefined,
            },
            { area: 'clock', verdict: 'warning', what: 'its clock is 4.2 s ahead', mend: 'timedatectl set-ntp true' },
            { area: 'disk', verdict: 'ok', what: '12.3 GB and 1,000,000 inodes are free', mend: undefined },
          ],
        },
        {
          host: 'fra-2',
          checks: [
            {
              area: 'ssh',
              verdict: 'bad',
              what: 'fra-2 refused every key',
              mend: 'ssh-copy-id deploy@203.0.113.11',
              detail: ['tried ED25519 SHA256:5f0N1cKq8mW2xTjvB7yLhDgR4sUeZaPo9iXkQ3nJtYw (agent)'],
            },
            { area: 'ssh', verdict: 'unknown', what: 'nothing else could be looked at', mend: undefined },
          ],
        },
      ],
    });
  await app.press('D');
}

function samplesOf(host: string, t: number, turn: number): readonly Sample[] {
  return INSTANCES.filter((id) => id.endsWith(`@${host}`)).map((id, index) => ({
    instance: id,
    t,
    service: { status: 'running', start: 'a', detail: '', outOfMemory: false },
    release: undefined,
    probes: [{ healthy: true, latencyMs: 10 + turn }],
    lines: { all: 20, errors: id === 'bot.2@fra-2' ? turn % 7 : 0 },
    memory: 80_000_000 + index * 7_000_000 + turn * 100_000,
    memoryLimit: undefined,
    cpuSeconds: turn * (0.2 + index),
    counters: undefined,
  }));
}
