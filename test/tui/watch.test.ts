import { afterEach, describe, expect, test } from 'vitest';
import type { Lookout } from '../../src/analysis/lookout.ts';
import { beginLookout } from '../../src/analysis/lookout.ts';
import type { AlertEvent } from '../../src/analysis/alerts.ts';
import { reduce } from '../../src/tui/reduce.ts';
import { watchLines } from '../../src/tui/screens/watch/select.ts';
import { appStarter } from './support/app.ts';
import { fleetOf } from './support/places.ts';
import { alerting, watched } from './support/watch-scenes.ts';

const start = appStarter(afterEach);

async function watching(options: Parameters<typeof start>[0] = {}) {
  const app = start({ prepare: alerting, ...options });
  await app.ready();
  await app.press('W');
  await app.see('listening to 3 hosts');
  return app;
}

const bells = ({ terminal }: { terminal: { raw: string } }) =>
  // an OSC ends with a bell, too
  terminal.raw.replaceAll(/\u001b\][^\u0007\u001b]*\u0007/g, '').split('\u0007').length - 1;

describe('the screen that watches', () => {
  test('asks all hosts, metrics too, while it is open, and not a moment longer', async () => {
    const app = await watching();
    const { hearing } = app.session;
    expect(hearing).toMatchObject({ metrics: 'asked', everyMs: 5000 });
    expect(hearing!.instances).toHaveLength(6);
    await app.press('esc');
    expect(hearing!.signal.aborted).toBe(true);
    // the fleet listens for itself again, without metrics
    expect(app.session.hearing).not.toHaveProperty('metrics');
  });

  test('goes on watching while something else is looked at in front of it', async () => {
    const app = await watching();
    const { hearing } = app.session;
    await app.press('?');
    await app.see('Keys of');
    expect(hearing!.signal.aborted).toBe(false);
    await app.press('esc');
    expect(app.session.hearing).toBe(hearing);
  });

  test('rings once for an alert that trips, says it, and keeps it among the messages', async () => {
    const app = await watching();
    await watched(app, { turns: 20, ill: 'yes', opens: 'no' });
    const before = bells(app);
    await watched(app, { turns: 10, ill: 'yes', from: 20, opens: 'no' });
    await app.see('alert: bot.1@fra-2 is down for 10s');
    expect(bells(app) - before).toBe(1);
    await watched(app, { turns: 6, from: 30, opens: 'no' });
    expect(bells(app) - before).toBe(1);
    await app.press('M');
    await app.see('over: bot.1@fra-2 is up again');
    expect(app.terminal.text).toContain('alert: bot.1@fra-2 is down for 10s');
  });

  test('begins anew when it is opened again: what happened meanwhile is not known', async () => {
    const app = await watching();
    await watched(app, { turns: 3, opens: 'no' });
    await app.see('disk 4');
    await app.press('esc', 'W');
    await app.see('listening to 3 hosts');
  });

  test('copies the command that does the same', async () => {
    const app = await watching();
    await app.press('Y');
    await app.see('slipway watch production');
  });
});

describe('what is known of a stage that is watched', () => {
  const instances = ['bot.1@fra-1', 'bot.1@fra-2'].map((id) => ({
    ...{ id, role: 'bot', host: id.split('@')[1]!, slot: undefined },
  }));
  const lookout: Lookout = beginLookout({ instances, alerts: { instances: new Map(), hosts: [] } }, 0);
  const event: AlertEvent = {
    ...{ type: 'tripped', subject: { host: 'fra-1' }, alert: 'disk', unit: 'share', bound: 'above' },
    ...{ t: 60_000, value: 0.95, threshold: 0.9, since: 0 },
  };

  test('is a line for each host, and below it one for each of its instances', () => {
    const state = reduce(fleetOf('open'), { type: 'lookoutNews', lookout, events: [] });
    expect(watchLines(state).map((line) => (line.type === 'host' ? line.host : line.id))).toEqual([
      ...['fra-1', 'bot.1@fra-1', 'fra-2', 'bot.1@fra-2'],
    ]);
    expect(watchLines(fleetOf('open'))).toEqual([]);
  });

  test('says every alert of one moment, the last of them at the bottom', () => {
    const events = [event, { ...event, type: 'cleared', value: 0.5 } as const];
    const state = reduce(fleetOf('open'), { type: 'lookoutNews', lookout, events });
    expect(state.messages.map(({ text, style }) => [style, text])).toEqual([
      ['bad', 'alert: fra-1: disk is 95%, above 90% for 1m'],
      ['ok', 'over: fra-1: disk is 50% again, after 1m above 90%'],
    ]);
    expect(state.notice).toEqual(state.messages.at(-1));
  });

  test('is forgotten with its stage', () => {
    const state = reduce(fleetOf('open'), { type: 'lookoutNews', lookout, events: [] });
    expect(reduce(state, { type: 'openStage', stage: 'staging' }).lookout).toBeUndefined();
  });
});
