import type { DiskUse, Sample } from '../../../src/analysis/sample.ts';
import type { AlertRule } from '../../../src/config/settings-alerts.ts';
import type { DrawnApp } from './drawn.ts';
import type { FakeSession } from './fake-session.ts';
import { HOSTS, INSTANCES } from './fleet.ts';
import type { Scene } from './scene.ts';

const RULE = { bound: 'above', forMs: 10_000, withinMs: undefined } as const;
const ALERTS: readonly AlertRule[] = [
  { ...RULE, alert: 'down', unit: 'yesNo', threshold: 0, clear: 0 },
  { ...RULE, alert: 'restarts', unit: 'count', threshold: 0, clear: 0, forMs: 0, withinMs: 600_000 },
  { ...RULE, alert: 'memory', unit: 'bytes', threshold: 90e6, clear: 80e6 },
  { ...RULE, alert: 'errors', unit: 'perMinute', threshold: 20, clear: 10 },
];
const HOST_ALERTS: readonly AlertRule[] = [
  { ...RULE, alert: 'disk', unit: 'share', threshold: 0.9, clear: 0.8 },
  { ...RULE, alert: 'unreachable', unit: 'yesNo', threshold: 0, clear: 0 },
];

export function alerting(session: FakeSession): void {
  session.alerts = { instances: new Map([['bot', ALERTS]]), hosts: HOST_ALERTS };
}

/** Watching a stage: well, with alerts, and with a host that tells nothing. */
export const WATCH_SCENES: Readonly<Record<string, Scene>> = {
  watch: { options: { prepare: alerting }, shows: 'no alert', play: (app) => watched(app, { turns: 30 }) },
  'watch-alerts': {
    options: { prepare: alerting },
    shows: '3 alerts',
    play: (app) => watched(app, { turns: 30, ill: 'yes' }),
  },
  'watch-silent': {
    options: { prepare: alerting },
    shows: 'tells nothing: no route',
    play: async (app) => {
      await watched(app, { turns: 10 });
      app.session.hearing!.onTrouble('fra-2', 'no route to host \u001b[2J部屋');
      await watched(app, { turns: 5, hosts: ['fra-1', 'hel-1'], from: 10, opens: 'no' });
    },
  },
  'watch-waits': { shows: 'listening to 3 hosts', play: (app) => app.press('W') },
};

interface Watched {
  readonly turns: number;
  readonly from?: number;
  readonly ill?: 'yes';
  readonly hosts?: readonly string[];
  readonly opens?: 'no';
}

export async function watched(
  app: Pick<DrawnApp, 'press' | 'settle' | 'clock' | 'session'>,
  { turns, from = 0, ill, hosts = HOSTS, opens }: Watched,
): Promise<void> {
  if (opens === undefined) await app.press('W');
  for (let turn = from; turn < from + turns; turn += 1) {
    await app.clock.advance(5000);
    for (const host of hosts)
      app.session.hearing?.onVitals(host, samplesOf(host, app.clock.now(), { turn, ill }), diskOf(host, { turn, ill }));
    await app.settle();
  }
}

interface Moment {
  readonly turn: number;
  readonly ill: 'yes' | undefined;
}

function diskOf(host: string, { turn, ill }: Moment): DiskUse {
  const used = host === 'hel-1' && ill ? 0.92 : 0.4 + turn / 500;
  return { usedBytes: 50e9 * used, freeBytes: 50e9 * (1 - used), inodes: undefined };
}

function samplesOf(host: string, t: number, { turn, ill }: Moment): readonly Sample[] {
  return INSTANCES.filter((id) => id.endsWith(`@${host}`)).map((id, index) => {
    const isDown = ill && id === 'bot.1@fra-2' && turn > 20;
    return {
      ...{ instance: id, t, release: undefined, memoryLimit: undefined },
      service: { status: isDown ? 'failed' : 'running', start: 'a', detail: '', outOfMemory: false },
      probes: [{ healthy: !isDown, latencyMs: 10 + ((turn * 7) % 40) }],
      lines: { all: 20, errors: id === 'bot.2@fra-2' && turn % 9 === 0 ? 1 : 0 },
      memory: 80e6 + index * 6e6 + (ill && id === 'bot.2@fra-1' ? turn * 1e6 : turn * 1e4),
      cpuSeconds: turn * (0.2 + index),
      counters: { requests: undefined, failedRequests: undefined, work: turn * (40 + (turn % 5)), latency: [] },
    };
  });
}
