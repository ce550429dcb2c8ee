import { describe, expect, test } from 'vitest';
import { type AlertEvent, subjectName, trippedAlerts } from '../../src/analysis/alerts.ts';
import {
  beginLookout,
  hearHost,
  type Lookout,
  lookUp,
  missHost,
  type Seen,
  usedShare,
} from '../../src/analysis/lookout.ts';
import type { Sample } from '../../src/analysis/sample.ts';
import { live } from '../config/minimal.ts';

const EVERY = 5000;
const BEGAN = Date.UTC(2026, 10, 21, 12);
const DISK = { usedBytes: 50e9, freeBytes: 50e9, inodes: undefined };

const ALERTS = {
  ...{ down: {}, restarts: { above: 1, within: '1m' }, memory: { above: '80%', for: '10s' } },
  ...{ errors: { above: 10, for: '10s' }, disk: { above: '90%' } },
};

function watched(alerts: object = ALERTS, slot?: string): Lookout {
  const settings = live({ alerts });
  const instances = [{ id: 'bot.1@fra-1', role: 'bot', host: 'fra-1', slot }];
  return beginLookout({ instances, alerts: settings.alerts }, BEGAN);
}

function sample(afterMs: number, change: Partial<Sample> = {}): Sample {
  return {
    ...{ instance: 'bot.1@fra-1', t: BEGAN + afterMs, release: undefined },
    service: { status: 'running', start: 's1', detail: '', outOfMemory: false },
    probes: [{ healthy: true, latencyMs: 12 }],
    lines: { all: 3, errors: 0 },
    ...{ memory: 120e6, memoryLimit: 512e6, cpuSeconds: 1, counters: undefined },
    ...change,
  };
}

/** Takes these samples, five seconds apart. */
function hear(lookout: Lookout, changes: readonly Partial<Sample>[], from = 0): Seen {
  const events: AlertEvent[] = [];
  const after = changes.reduce((before, change, index) => {
    const now = BEGAN + from + index * EVERY;
    const samples = [sample(now - BEGAN, change)];
    const seen = hearHost(before, { host: 'fra-1', samples, disk: DISK, now });
    events.push(...seen.events);
    return seen.lookout;
  }, lookout);
  return { lookout: after, events };
}

const words = ({ events }: Seen) =>
  events.map(({ type, alert, subject }) => `${alert} of ${subjectName(subject)} ${type}`);
const service = (change: Partial<Sample['service']>) => ({ service: { ...sample(0).service, ...change } });
const times = (count: number, change: Partial<Sample>) => Array<Partial<Sample>>(count).fill(change);

describe('somebody who watches', () => {
  test('is told once of an instance that went down, and once when it is back', () => {
    const ill = times(5, { probes: [{ healthy: false, latencyMs: 3000 }] });
    const seen = hear(watched(), [{}, ...ill, ...times(6, {})]);
    expect(words(seen)).toEqual(['down of bot.1@fra-1 tripped', 'down of bot.1@fra-1 cleared']);
  });

  test('is told of a unit that failed or stopped, but not of a slot that idles', () => {
    const stopped = { ...service({ status: 'stopped' }), probes: [{ healthy: false, latencyMs: undefined }] };
    expect(words(hear(watched(), times(6, stopped)))).toEqual(['down of bot.1@fra-1 tripped']);
    expect(words(hear(watched(ALERTS, 'blue'), times(6, stopped)))).toEqual([]);
    const failed = { ...stopped, ...service({ status: 'failed' }) };
    expect(words(hear(watched(ALERTS, 'blue'), times(6, failed)))).toEqual(['down of bot.1@fra-1 tripped']);
  });

  test('is told of restarts for as long as they count', () => {
    const starts = ['s1', 's2', 's2', 's3'].map((start) => service({ start }));
    const seen = hear(watched(), [...starts, ...times(30, service({ start: 's3' }))]);
    expect(words(seen)).toEqual(['restarts of bot.1@fra-1 tripped', 'restarts of bot.1@fra-1 cleared']);
    expect(seen.events.map(({ t, value }) => [(t - BEGAN) / 1000, value])).toEqual([
      [20, 2],
      [75, 1],
    ]);
  });

  test('counts restarts between two samples as their service manager does', () => {
    const seen = hear(watched(), [service({ restarts: 3 }), service({ restarts: 6, start: 's2' })]);
    expect(seen.lookout.vitals.instances.get('bot.1@fra-1')!.latest.restarts).toBe(3);
    // begun anew by a person
    const anew = hear(seen.lookout, [service({ restarts: 0, start: 's3' })], 2 * EVERY);
    expect(anew.lookout.vitals.instances.get('bot.1@fra-1')!.latest.restarts).toBe(4);
  });

  test('is told of memory by its limit, and of nothing where there is none', () => {
    expect(words(hear(watched(), times(4, { memory: 500e6 })))).toEqual(['memory of bot.1@fra-1 tripped']);
    expect(words(hear(watched(), times(9, { memory: 500e6, memoryLimit: undefined })))).toEqual([]);
  });

  test('knows what gets done a second, across a restart, too', () => {
    const work = (count: number) => ({
      counters: { requests: undefined, failedRequests: undefined, work: count, latency: [] },
    });
    const of = (...counts: number[]) =>
      hear(watched({}), counts.map(work)).lookout.vitals.instances.get('bot.1@fra-1')!.latest.workPerSecond;
    expect(of(100)).toBeUndefined();
    expect(of(100, 150)).toBe(10);
    expect(of(100, 20)).toBe(4);
  });

  test('is told of a full disk, of space or of inodes', () => {
    expect(usedShare(DISK)).toBe(0.5);
    expect(usedShare({ ...DISK, inodes: { used: 99, free: 1 } })).toBe(0.99);
    expect(usedShare({ usedBytes: 0, freeBytes: 0, inodes: undefined })).toBe(0);
    let lookout = watched();
    const events: AlertEvent[] = [];
    for (let at = 0; at <= 40_000; at += EVERY) {
      const disk = { ...DISK, usedBytes: 950e9 };
      const seen = hearHost(lookout, { host: 'fra-1', samples: [], disk, now: BEGAN + at });
      lookout = seen.lookout;
      events.push(...seen.events);
    }
    expect(events).toMatchObject([{ type: 'tripped', alert: 'disk', subject: { host: 'fra-1' } }]);
  });

  test('is told of a host that tells nothing, while all else stays as it was', () => {
    const ill = hear(watched(), times(5, { probes: [{ healthy: false, latencyMs: 3 }] }));
    let { lookout } = missHost(ill.lookout, { host: 'fra-1', reason: 'no route', now: BEGAN + 25_000 });
    const events: AlertEvent[] = [];
    for (let at = 30_000; at <= 120_000; at += EVERY) {
      const seen = lookUp(lookout, BEGAN + at);
      lookout = seen.lookout;
      events.push(...seen.events);
    }
    expect(events).toMatchObject([{ type: 'tripped', alert: 'unreachable', subject: { host: 'fra-1' } }]);
    expect(lookout.hosts.get('fra-1')!.trouble).toBe('no route');
    expect(trippedAlerts(lookout.alerts).map(({ alert }) => alert)).toEqual(['down', 'unreachable']);
    const back = hear(lookout, times(5, {}), 125_000);
    expect(words(back)).toEqual(['unreachable of fra-1 cleared', 'down of bot.1@fra-1 cleared']);
    expect(back.lookout.hosts.get('fra-1')!.trouble).toBeUndefined();
  });

  test('takes a host that was never heard for silent, and one that is a little late not', () => {
    const lookout = watched();
    expect(lookUp(lookout, BEGAN + 8000).events).toEqual([]);
    const tick = (seconds: readonly number[]) =>
      seconds.reduce<Seen>((seen, s) => lookUp(seen.lookout, BEGAN + s * 1000), { lookout, events: [] });
    expect(words(tick([15, 20, 25, 30]))).toEqual(['unreachable of fra-1 tripped']);
  });

  test('takes nothing from a host, or of an instance, that was not asked', () => {
    const seen = hearHost(watched(), { host: 'evil', samples: [sample(0)], disk: DISK, now: BEGAN });
    expect(seen.lookout.vitals.instances.size).toBe(0);
    const other = hearHost(watched(), {
      ...{ host: 'fra-1', disk: DISK, now: BEGAN },
      samples: [sample(0, { instance: '__proto__' })],
    });
    expect(other.lookout.vitals.instances.size).toBe(0);
  });
});
