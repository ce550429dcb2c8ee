import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { Bug, RemoteError } from '../../src/base/errors.ts';
import type { Sample } from '../../src/analysis/sample.ts';
import type { SampleOptions } from '../../src/host/verbs.ts';
import { openSession } from '../../src/rollout/open-session.ts';
import { watchVitals } from '../../src/rollout/vitals.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { until } from '../host/until.ts';
import { type FakeStage, fakeStage, type FakeStageOptions } from './support/fake-stage.ts';

type OnSamples = (samples: readonly Sample[]) => void;

function sampleOf(instance: string, t: number): Sample {
  const service = { status: 'running', start: 's1', detail: '', outOfMemory: false } as const;
  const unknown = { release: undefined, lines: undefined, memory: undefined, memoryLimit: undefined };
  return { instance, t, service, probes: [], ...unknown, cpuSeconds: undefined, counters: undefined };
}

/** Hosts whose channels stay open; `tell` says something on one, `lose` ends it. */
function open(stage: FakeStage) {
  const channels = new Map<string, { tell: OnSamples; lose: (thrown: unknown) => void; options: SampleOptions }>();
  const opened: string[] = [];
  for (const host of stage.hosts) {
    host.sampling = (options, tell) =>
      new Promise((_, lose) => {
        opened.push(host.host);
        channels.set(host.host, { tell, lose, options });
        options.signal.addEventListener('abort', () => lose(new Bug('it was stopped')));
      });
  }
  return { opened, on: (host: string) => channels.get(host)! };
}

const manual = (options: FakeStageOptions = {}) => fakeStage({ clock: 'manual', ...options });

/** What a person hears. */
function hear(stage: FakeStage, everyMs?: number) {
  const enough = new AbortController();
  const heard: { readonly host: string; readonly told: readonly Sample[] | string }[] = [];
  watchVitals(stage.stage, {
    signal: enough.signal,
    ...(everyMs === undefined ? {} : { everyMs }),
    onVitals: (host, told) => heard.push({ host, told }),
    onTrouble: (host, told) => heard.push({ host, told }),
  });
  return { heard, stop: () => enough.abort() };
}

const away = (message: string) => new RemoteError({ code: 'SLIP_UNREACHABLE', message });

describe('the vitals of a stage', () => {
  test('are asked of all hosts at once, for nobody’s rollout and without the metrics of the app', async () => {
    const role = { health: { command: 'true' }, metrics: { http: 'http://127.0.0.1:9/metrics', requests: 'r' } };
    await using stage = await manual({ role });
    const { opened, on } = open(stage);
    expect(stage.stage.settings.instances[0]!.metrics).toBeDefined();
    const { stop } = hear(stage);
    expect(opened).toEqual(['h1', 'h2', 'h3']);
    const { rollout, sampleEveryMs, instances } = on('h2').options;
    expect({ rollout, sampleEveryMs }).toEqual({ rollout: undefined, sampleEveryMs: 5000 });
    expect(instances.map(({ id, metrics }) => [id, metrics])).toEqual([
      ['bot.1@h2', undefined],
      ['bot.2@h2', undefined],
    ]);
    stop();
  });

  test('come with times of our clock, however wrong that of the host is', async () => {
    await using stage = await manual();
    const { on } = open(stage);
    const { heard, stop } = hear(stage, 1000);
    const now = stage.clock.now();
    const [first, second] = [sampleOf('bot.1@h1', now - 3_600_100), sampleOf('bot.2@h1', now - 3_600_000)];
    on('h1').tell([first, second]);
    // what comes late was not taken late
    stage.clock.advance(9000);
    on('h1').tell([{ ...first, t: first.t + 1000 }]);
    const told = heard.flatMap(({ told }) => (typeof told === 'string' ? [] : told.map(({ t }) => t - now)));
    expect(told).toEqual([-100, 0, 900]);
    stop();
  });

  test('of a host that is lost are asked for again, and its trouble is told once for each reason', async () => {
    await using stage = await manual({ hosts: 1 });
    const { opened, on } = open(stage);
    const { heard, stop } = hear(stage);
    const reasons = ['the line is dead', 'the line is dead', 'no route', 'no route'];
    for (const [index, reason] of reasons.entries()) {
      on('h1').lose(away(reason));
      await turns();
      stage.clock.advance([500, 1000, 2000, 4000][index]! - 1);
      await turns();
      expect(opened).toHaveLength(index + 1);
      stage.clock.advance(1);
      await turns();
      expect(opened).toHaveLength(index + 2);
    }
    on('h1').tell([sampleOf('bot.1@h1', stage.clock.now())]);
    on('h1').lose(away('no route'));
    await turns();
    expect(heard.map(({ told }) => (typeof told === 'string' ? told : 'vitals'))).toEqual([
      ...['the line is dead', 'no route', 'vitals', 'no route'],
    ]);
    stop();
  });

  test('end in silence when nobody looks any more', async () => {
    await using stage = await manual({ hosts: 2 });
    const { opened, on } = open(stage);
    const { heard, stop } = hear(stage);
    on('h1').lose(away('gone'));
    await turns();
    stop();
    on('h2').tell([sampleOf('bot.1@h2', 0)]);
    stage.clock.advance(60_000);
    await turns();
    expect(heard).toEqual([{ host: 'h1', told: 'gone' }]);
    expect(opened).toEqual(['h1', 'h2']);
  });

  test('never throw, not even for a mistake of ours: it is told, and the other hosts go on', async () => {
    await using stage = await manual({ hosts: 2 });
    const { opened, on } = open(stage);
    const { heard, stop } = hear(stage);
    on('h1').lose(new TypeError('x is not a function'));
    await turns();
    stage.clock.advance(60_000);
    await turns();
    on('h2').tell([sampleOf('bot.1@h2', stage.clock.now())]);
    expect(heard).toEqual([
      { host: 'h1', told: expect.stringContaining('x is not a function') },
      { host: 'h2', told: [expect.objectContaining({ instance: 'bot.1@h2' })] },
    ]);
    expect(opened).toEqual(['h1', 'h2']);
    stop();
  });

  test('are not asked for where there is nothing to ask, or nobody who hears it', async () => {
    await using stage = await manual();
    const { opened } = open(stage);
    const nobody = { onVitals: () => undefined, onTrouble: () => undefined };
    watchVitals(stage.stage, { ...nobody, signal: AbortSignal.abort() });
    const settings = { ...stage.stage.settings, instances: [] };
    watchVitals({ ...stage.stage, settings }, { ...nobody, signal: new AbortController().signal });
    expect(opened).toEqual([]);
  });
});

test('a session that is closed connects to nothing for the vitals any more', async () => {
  await using stage = await manual({ hosts: 1 });
  const clock = fakeClock({ mode: 'manual' });
  let connections = 0;
  const session = openSession({
    ...{ settings: stage.stage.settings, cacheDir: tmpdir(), clock, whenPaused: 'end' },
    connect: () => {
      connections += 1;
      return Promise.reject(away('no route'));
    },
  });
  const troubles: string[] = [];
  const { signal } = new AbortController();
  session.vitals({ signal, onVitals: () => undefined, onTrouble: (_, message) => troubles.push(message) });
  await until(() => troubles.length === 1);
  clock.advance(500);
  await until(() => connections === 2);
  await session.close();
  clock.advance(60_000);
  await turns();
  expect([connections, troubles]).toEqual([2, ['no route']]);
});

/** Long enough for all that waits for nothing but its turn. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
