import { expect, test } from 'vitest';
import { makeSite, QUICK, STAGE } from './support/site.ts';
import type { Line } from './support/slipway.ts';

const ID = 'bot.1@fra-1';
const OTHER = 'bot.2@fra-1';

test('units are watched by a user without rights: what they need, restarts that systemd did, and an alert that trips and clears', async () => {
  await using site = await makeSite({
    app: 'watched',
    port: 6650,
    hosts: { 'fra-1': 2 },
    role: { service: { systemd: 'watched-{stage}@{instance}' }, health: QUICK },
    config: { alerts: { down: { for: '1s' } } },
  });
  await site.release();
  const [host] = site.hosts;
  const watch = site.start('watch', STAGE, '--json', '--every', '1s');
  const sample = (isSo: (line: Extract<Line, { type: 'sample' }>) => boolean) =>
    watch.until((line) => line.type === 'sample' && isSo(line));

  // what a process had of the processor is known when it has been looked at twice
  await sample(({ instance, cpu }) => instance === ID && cpu !== null);
  const first = await sample(({ instance, cpu }) => instance === OTHER && cpu !== null);
  expect(first).toMatchObject({ host: 'fra-1', status: 'running', healthy: true, errorsPerMinute: 0 });
  expect(first).toMatchObject({ latencyMs: expect.any(Number), memory: expect.any(Number), restarts: 0 });

  await host!.exec('systemctl kill -s KILL watched-staging@1');
  await sample(({ instance, restarts, healthy }) => instance === ID && restarts === 1 && healthy === true);

  await host!.exec('systemctl stop watched-staging@2');
  await watch.until((line) => line.type === 'alert' && line.event === 'tripped' && line.instance === OTHER);
  await host!.exec('systemctl start watched-staging@2');
  await watch.until((line) => line.type === 'alert' && line.event === 'cleared' && line.instance === OTHER);

  watch.kill('SIGINT');
  const ended = await watch.finished;
  expect(ended.code, ended.output).toBe(130);
  const alerts = ended.lines('alert').map(({ event, instance, alert }) => [event, instance, alert]);
  expect(alerts.filter(([, instance]) => instance === OTHER)).toEqual([
    ['tripped', OTHER, 'down'],
    ['cleared', OTHER, 'down'],
  ]);
  expect(ended.lines('sample').every(({ instance }) => [ID, OTHER].includes(instance))).toBe(true);
});
