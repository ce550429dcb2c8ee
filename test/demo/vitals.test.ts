import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { InstanceVitals, VitalsState } from '../../src/analysis/vitals.ts';
import { initialVitals, takeVitals } from '../../src/analysis/vitals.ts';
import { type SceneOptions, setScene } from '../../src/demo/scene.ts';
import { until } from '../host/until.ts';

/** The stage of the demo that has one instance, looked at every second. */
async function lookAtStaging(options: SceneOptions) {
  const scene = await setScene(options);
  const session = scene.open('staging', 'end');
  const enough = new AbortController();
  const troubles: string[] = [];
  let state: VitalsState = initialVitals(1000);
  session.vitals({
    signal: enough.signal,
    everyMs: 1000,
    onVitals: (_, samples) => (state = takeVitals(state, samples, Date.now())),
    onTrouble: (host, message) => troubles.push(`${host}: ${message}`),
  });
  return {
    session,
    troubles,
    seen: (wanted: (one: InstanceVitals) => boolean) =>
      until(() => [...state.instances.values()].find((one) => wanted(one)), 60_000),
    [Symbol.asyncDispose]: async () => {
      enough.abort();
      await session.close();
      await scene.dispose();
    },
  };
}

test('hosts of the demo tell their vitals beside a deploy', async () => {
  await using staging = await lookAtStaging({});
  const { session, seen, troubles } = staging;
  expect((await seen(() => true)).latest.healthy).toBe(false);
  const { finished } = session.start(await session.planDeploy({ ref: 'v1' }));
  expect(await finished).toMatchObject({ exitCode: 0 });
  const { latest } = await seen(({ latest }) => latest.healthy === true && latest.cpuShare !== undefined);
  expect(latest).toMatchObject({ status: 'running', errorsPerMinute: 0, restarts: 0 });
  expect(latest.memory).toBeGreaterThan(10e6);
  expect(troubles).toEqual([]);
}, 120_000);

test('hosts of the demo whose GNU tools are stand-ins count the errors of a log all the same', async () => {
  await using staging = await lookAtStaging({ tools: 'shimmed' });
  const { session, seen, troubles } = staging;
  const [host] = session.settings.hosts;
  const folder = join(host!.deployTo, 'instances/bot.1');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'log'), 'ERROR from yesterday\n');
  await seen(({ latest }) => latest.errorsPerMinute === 0);
  appendFileSync(join(folder, 'log'), 'ERROR x\nfine\n');
  const { latest } = await seen(({ latest }) => latest.errorsPerMinute !== 0);
  expect(latest).toMatchObject({ errorsPerMinute: 1, healthy: false, memory: undefined, cpuShare: undefined });
  expect(troubles).toEqual([]);
}, 120_000);
