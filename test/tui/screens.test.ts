import { afterEach, describe, expect, test } from 'vitest';
import { LockedError } from '../../src/base/errors.ts';
import type { Finding } from '../../src/host/state.ts';
import type { HostKeyQuestion } from '../../src/ssh/host-key.ts';
import type { AppOptions } from './support/app.ts';
import { DrawnApp, type Picture } from './support/drawn.ts';
import { CHOICES } from './support/choice-scenes.ts';
import { FLEET_SCENES } from './support/fleet-scenes.ts';
import { LOG_SCENES } from './support/log-scenes.ts';
import { rolledBack, rolling, rolloutScenes, verifying } from './support/rollout-scenes.ts';
import type { Scene } from './support/scene.ts';
import { WATCH_SCENES } from './support/watch-scenes.ts';
import {
  NEW,
  OLD,
  calmFleet,
  driftedFleet,
  lockedFleet,
  unfinished,
  instance,
  plan,
  prepared,
  read,
  release,
  troubledFleet,
} from './support/fleet.ts';

/** Screens as they are, at the sizes people have. `npx vitest run test/tui/screens.test.ts -u` writes them anew. */
const SIZES = [
  [60, 15],
  [80, 24],
  [120, 40],
  [200, 60],
] as const;

let open: DrawnApp[] = [];

function start(options: AppOptions): DrawnApp {
  const app = new DrawnApp(options);
  open.push(app);
  return app;
}

afterEach(async () => {
  for (const app of open) await app.dispose();
  open = [];
});

const strangeKey: HostKeyQuestion = {
  host: 'fra-2',
  label: '[203.0.113.10]:2222',
  type: 'ED25519',
  fingerprint: 'SHA256:5f0N1cKq8mW2xTjvB7yLhDgR4sUeZaPo9iXkQ3nJtYw',
  file: '/home/ana/.ssh/known_hosts',
  others: ['RSA SHA256:A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t0U1v (/home/ana/.ssh/known_hosts:12)'],
};

const SCENES: Readonly<Record<string, Scene>> = {
  ...CHOICES,
  ...LOG_SCENES,
  ...FLEET_SCENES,
  ...WATCH_SCENES,
  fleet: { shows: '6 healthy', play: () => Promise.resolve() },
  'fleet-troubled': {
    options: { protected: true, prepare: (session) => (session.fleet = () => Promise.resolve(troubledFleet())) },
    shows: 'Locked by ben@desk',
    play: (app) => app.press('j', 'j'),
  },
  'fleet-hostile': {
    options: { prepare: (session) => (session.fleet = () => Promise.resolve(hostileFleet())) },
    shows: 'Fleet',
    play: (app) => app.press('j'),
  },
  'fleet-drifted': {
    options: { prepare: (session) => (session.fleet = () => Promise.resolve(driftedFleet())) },
    shows: 'c reconcile',
    play: (app) => app.press('G', 'k'),
  },
  unfinished: {
    options: {
      protected: true,
      prepare: (session) => (session.fleet = () => Promise.resolve(lockedFleet({ state: 'paused' }))),
    },
    shows: 'left unfinished',
    play: async (app) => {
      app.session.left = () => Promise.resolve(unfinished());
      await app.press('r');
      await app.see('left unfinished');
      // the first moment of a question takes no answer
      await app.clock.advance(1000);
      await app.press('k');
    },
  },
  elsewhere: {
    options: {
      prepare: (session) => {
        session.fleet = () => Promise.resolve(lockedFleet());
        session.left = () => Promise.reject(new LockedError({ code: 'SLIP_LOCKED', message: 'somebody runs it' }));
      },
    },
    shows: 'A rollout runs elsewhere',
    play: async (app) => {
      await app.see('Somebody runs that rollout');
      await app.press('w');
    },
  },
  plan: {
    options: { protected: true },
    shows: 'y start',
    play: (app) => app.press('d', 'enter'),
  },
  'plan-rollback': {
    options: {
      prepare: (session) => {
        const back = plan({
          kind: 'rollback',
          release: { ...plan().release, id: OLD, subject: 'Before' },
          warnings: [],
        });
        const hosts = back.hosts.map((host) => ({ ...host, upload: 'reuse' as const, prepare: [], prune: [] }));
        session.plans = () => Promise.resolve(prepared({ plan: { ...back, hosts }, changes: [] }));
      },
    },
    shows: 'Roll back to',
    play: (app) => app.press('R', 'enter'),
  },
  'host-key': {
    options: { protected: true },
    shows: 'Trust this key?',
    play: (app) => {
      void app.session.person!.ask({ type: 'hostKey', question: strangeKey });
      return Promise.resolve();
    },
  },
  'typed-name': { options: { protected: true }, shows: 'stage: prod', play: typedName },
  staging: { shows: 'Staging', play: rolling },
  verifying: { shows: '(4s so', play: verifying },
  paused: {
    shows: '‖ Paused',
    play: async (app) => {
      await verifying(app);
      const done = {
        type: 'instance.state',
        instance: 'bot.2@fra-1',
        state: 'updated',
        release: NEW,
        reason: '',
      } as const;
      app.rollout.tell({ ...done, proof: 'unproven' }, 'bot.2@fra-1');
      app.rollout.tell({ type: 'rollout.paused', reasons: ['manual'], reason: 'asked for by ana@laptop' });
    },
  },
  quit: {
    shows: 'How to leave?',
    play: async (app) => {
      await verifying(app);
      await app.settle();
      await app.press('q');
    },
  },
  'rolled-back': { shows: '↺ Rolled back', play: rolledBack },
  ...rolloutScenes,
  help: {
    shows: 'Keys of the screen',
    play: async (app) => {
      await verifying(app);
      await app.settle();
      await app.press('?');
    },
  },
};

async function typedName(app: DrawnApp): Promise<void> {
  await app.press('d', 'enter');
  await app.see('STEPS');
  await app.clock.advance(1000);
  await app.press('y', 'p', 'r', 'o', 'd');
}

/** Names that are wide, long, or written to harm. */
function hostileFleet() {
  const calm = calmFleet();
  const evil = '\u001b]52;c;aGFja2Vk\u0007\u001b[2J\u202eevil';
  const findings: Finding[] = [
    { severity: 'warning', kind: 'journal', what: `部屋が狭い${evil}`, mend: `rm -rf ${'東京'.repeat(60)}` },
  ];
  return {
    ...calm,
    hosts: [
      read('fra-1', { system: `Linux ${evil}`, user: '配備', findings }),
      {
        type: 'unreachable' as const,
        host: 'fra-2',
        reason: `${'x'.repeat(300)}\nsecond line${evil}`,
        mend: undefined,
      },
      read('hel-1', {
        instances: [
          instance('bot.1@hel-1', {
            current: `東京東京東京東京-${'é'.repeat(30)}`,
            health: { healthy: false, outcome: evil, latencyMs: 5 },
          }),
        ],
      }),
    ],
    releases: [...calm.releases, release({ subject: evil, by: '誰か@机' })],
  };
}

for (const [name, scene] of Object.entries(SCENES)) {
  describe(name, () => {
    test.each(SIZES)('%ix%i, and the same words without colour', async (columns, rows) => {
      const { text, marked, hasColour } = await played(scene, { columns, rows });
      expect(hasColour).toBe(true);
      await expect(still(text)).toMatchFileSnapshot(`golden/${name}-${columns}x${rows}.txt`);
      if (columns === 80)
        await expect(still(marked)).toMatchFileSnapshot(`golden/${name}-${columns}x${rows}.colour.txt`);
      const mono = await played(scene, { columns, rows, env: { NO_COLOR: '1' } });
      expect(mono.hasColour).toBe(false);
      expect(still(mono.text)).toBe(still(text));
    });
  });
}

async function played(scene: Scene, options: AppOptions): Promise<Picture> {
  const app = start({ ...scene.options, ...options });
  await app.ready();
  await app.align();
  await app.press('r');
  await scene.play(app);
  await app.see(scene.shows);
  return app.picture();
}

/** A spinner turns by the clock; which of its faces is shown tells nothing. */
function still(text: string): string {
  return `${text.replaceAll(/[◐◓◑◒]/g, '◐')}\n`;
}
