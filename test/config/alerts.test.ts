import { describe, expect, test } from 'vitest';
import { parseSize } from '../../src/base/size.ts';
import { UserError } from '../../src/base/errors.ts';
import { settingsIn } from '../../src/config/load.ts';
import { live, minimal } from './minimal.ts';

test('nothing is worth an alert where nothing is said of it, and nobody is told', () => {
  const { alerts, notify } = live();
  expect([alerts.instances.get('bot'), alerts.hosts, notify]).toEqual([[], [], []]);
});

test('every alert is a rule in one unit, with what clears it', () => {
  const { alerts } = live({
    roles: { bot: { metrics: { http: 'http://127.0.0.1:1/metrics', work: 'jobs' } } },
    alerts: {
      ...{ down: {}, healthLatency: { above: '800ms', for: '1m' }, restarts: { above: 0 }, cpu: { above: '150%' } },
      ...{ memory: { above: '450MB', clear: '0.4GB' }, errors: { above: 10 }, work: { below: 10 } },
      disk: { above: '90%' },
    },
  });
  const plain = { bound: 'above', forMs: 30_000, withinMs: undefined };
  expect(alerts.instances.get('bot')).toEqual([
    { ...plain, alert: 'down', unit: 'yesNo', threshold: 0, clear: 0, forMs: 15_000 },
    { ...plain, alert: 'healthLatency', unit: 'ms', threshold: 800, clear: 720, forMs: 60_000 },
    { ...plain, alert: 'restarts', unit: 'count', threshold: 0, clear: 0, forMs: 0, withinMs: 600_000 },
    { ...plain, alert: 'cpu', unit: 'cores', threshold: 1.5, clear: 1.35 },
    { ...plain, alert: 'memory', unit: 'bytes', threshold: 450e6, clear: 400e6 },
    { ...plain, alert: 'errors', unit: 'perMinute', threshold: 10, clear: 9 },
    { ...plain, alert: 'work', unit: 'perSecond', bound: 'below', threshold: 10, clear: 11 },
  ]);
  expect(alerts.hosts).toEqual([
    { ...plain, alert: 'disk', unit: 'share', threshold: 0.9, clear: expect.closeTo(0.81) as number },
    { ...plain, alert: 'unreachable', unit: 'yesNo', threshold: 0, clear: 0, forMs: 15_000 },
  ]);
});

test('a stage replaces an alert from above, and a role one of its stage; false is none', () => {
  const { alerts } = live({
    alerts: { cpu: { above: '90%', for: '2m' }, errors: { above: 1 }, disk: { above: '90%' } },
    roles: { bot: { alerts: { errors: { above: 5 } } }, web: { alerts: { cpu: false } } },
    stages: { live: { alerts: { cpu: { above: '50%' }, disk: false }, roles: { web: { alerts: { down: {} } } } } },
  });
  const told = (role: string) =>
    alerts.instances.get(role)?.map(({ alert, threshold, forMs }) => [alert, threshold, forMs]);
  expect(told('bot')).toEqual([
    ['cpu', 0.5, 30_000],
    ['errors', 5, 30_000],
  ]);
  expect(told('web')).toEqual([
    ['down', 0, 15_000],
    ['errors', 1, 30_000],
  ]);
  expect(alerts.hosts).toEqual([]);
});

describe('who is told', () => {
  test('is a URL, or where it is to be found; a stage replaces the list', () => {
    const { notify } = live({
      notify: [{ webhook: 'https://a.example/x' }],
      stages: { live: { notify: [{ webhook: 'env:HOOK' }, { webhook: 'http://127.0.0.1:9/y' }] } },
    });
    expect(notify).toEqual([
      { type: 'webhook', url: { type: 'variable', name: 'HOOK' } },
      { type: 'webhook', url: { type: 'written', url: 'http://127.0.0.1:9/y' } },
    ]);
  });

  test('is never shown in what is wrong with it', () => {
    const broken = JSON.stringify(minimal({ notify: [{ webhook: 'hooks.example.com/secret' }] }), undefined, 2);
    let told: unknown;
    try {
      settingsIn(broken, '/project/hosts.json');
    } catch (thrown) {
      told = thrown;
    }
    expect(told).toBeInstanceOf(UserError);
    expect(JSON.stringify([told, (told as UserError).detail])).not.toContain('secret');
  });
});

test.each([
  ['450MB', 450e6],
  ['1.5GB', 1.5e9],
  ['10KB', 10_000],
  ['450', undefined],
  ['450mb', undefined],
  ['-1MB', undefined],
])('%s is %s bytes', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});
