import { afterEach, expect, test } from 'vitest';
import { appStarter } from './support/app.ts';
import { driftedFleet, plan, prepared } from './support/fleet.ts';

const start = appStarter(afterEach);

test('c plans to bring back what has drifted, and the plan is shown before it runs', async () => {
  const app = start({
    prepare: (session) => {
      session.fleet = () => Promise.resolve(driftedFleet());
      session.plans = () => Promise.resolve(prepared({ plan: plan({ kind: 'reconcile' }), changes: [] }));
    },
  });
  await app.see('5 instances drifted');
  await app.press('c');
  await app.see('Reconcile to');
  expect([app.session.reconciled, app.session.started.length]).toEqual([1, 0]);
  await app.clock.advance(1000);
  await app.press('y');
  expect(app.session.started).toHaveLength(1);
});

test('c says that nothing has drifted, and plans nothing', async () => {
  const app = start();
  await app.ready();
  await app.press('c');
  await app.see('reconcile: nothing has drifted');
  expect(app.session.reconciled).toBe(0);
});

test('the line under the cursor says in a sentence what has drifted', async () => {
  const app = start({ prepare: (session) => (session.fleet = () => Promise.resolve(driftedFleet())) });
  await app.see('5 instances drifted');
  await app.press('G');
  await app.see('worker.9@hel-1 is there though hosts.json does not want it');
  await app.press('k');
  await app.see('bot.2@hel-1 is on by-hand, which no host knows');
});
