import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Valve } from '../../src/base/valve.ts';
import type { LogsOptions } from '../../src/host/logs.ts';
import type { HostClient } from '../../src/host/verbs.ts';
import type { HostSource } from '../../src/logs/host-source.ts';
import type { LogRecord } from '../../src/logs/record.ts';
import { type LogStreamOptions, streamLogs } from '../../src/logs/stream.ts';
import { fakeClock } from '../support/fake-clock.ts';

const LONG = 'x'.repeat(1000);

/** A host that tells `count` lines, one every `everyMs` of the past hour, for as long as it is not held back. */
interface Told {
  readonly count: number;
  readonly everyMs: number;
  /** Turns of the event loop before each hundred of them. */
  readonly slowness?: number;
}

function hostThat({ count, everyMs, slowness = 1 }: Told, began: number) {
  const told = { lines: 0 };
  const logs = async ({ signal, valve, onOpened, onLine, follow }: LogsOptions) => {
    onOpened({ now: began, place: undefined });
    const flow = flowOf(valve!);
    for (let n = 0; n < count && !signal.aborted; n += 1) {
      if (n % 100 === 0) for (let turns = 0; turns < slowness; turns += 1) await turn();
      await flow();
      told.lines += 1;
      onLine(`${began - 3_600_000 + n * everyMs} ${n} ${LONG}`);
    }
    if (follow === 'follow') await new Promise((resolve) => signal.addEventListener('abort', resolve));
  };
  const client = { time: () => Promise.resolve(began), logs } as unknown as HostClient;
  return { client, told };
}

/** As a stream that is paused. */
function flowOf(valve: Valve) {
  let open = Promise.withResolvers<true>();
  open.resolve(true);
  valve.attach({
    pause: () => (open = Promise.withResolvers()),
    resume: () => open.resolve(true),
  });
  return () => open.promise;
}

function sourceOf(host: string): HostSource {
  return {
    ...{ host, resume: 'cursor', instances: [] },
    source: () => ({ type: 'journal', scope: 'system', units: [] }),
    read: (raw) => {
      const [t = '', text = ''] = raw.split(' ');
      return [{ source: `bot.1@${host}`, text: `${text} ${LONG}`, t: Number(t), priority: undefined, cursor: t }];
    },
  };
}

interface Stage {
  readonly hosts: Readonly<Record<string, Told>>;
  readonly follow?: LogsOptions['follow'];
  readonly more?: Partial<LogStreamOptions>;
}

function stream({ hosts, follow = 'to the end', more }: Stage) {
  const time = fakeClock({ mode: 'manual' });
  const all = Object.entries(hosts).map(([name, told]) => ({ name, ...hostThat(told, time.now()) }));
  const ends = new AbortController();
  const heard: LogRecord[] = [];
  const ended = streamLogs({
    ...{ clock: time, follow, signal: ends.signal, start: { type: 'since', t: 0 } },
    clients: new Map(all.map(({ name, client }) => [name, client])),
    sources: all.map(({ name }) => sourceOf(name)),
    onRecords: (records) => heard.push(...records),
    onNotice: () => undefined,
    retried: () => new Promise(() => undefined),
    ...more,
  });
  /** Lets time go on until then. */
  const goOn = async (isThere: () => boolean) => {
    while (!isThere()) {
      time.advance(10);
      await turn();
    }
  };
  let isOver = false;
  const toTheEnd = async () => {
    void ended.then(() => (isOver = true));
    await goOn(() => isOver);
  };
  return { heard, toTheEnd, goOn, ends, told: all.map(({ told }) => told) };
}

const inOrder = (records: readonly LogRecord[]) => records.every(({ t }, at) => at === 0 || records[at - 1]!.t <= t);

test.each(['to the end', 'follow'] as const)(
  'a long past of hosts that differ in speed comes in order: %s',
  async (follow) => {
    const hosts = { fast: { count: 9000, everyMs: 100 }, slow: { count: 6000, everyMs: 150, slowness: 2 } };
    const { heard, toTheEnd, goOn, ends } = stream({ hosts, follow });
    await goOn(() => heard.length === 15_000);
    ends.abort();
    await toTheEnd();
    expect(inOrder(heard)).toBe(true);
    expect(heard.filter(({ isLate }) => isLate)).toEqual([]);
  },
);

test('a host that has much to tell is held back while lines of another one are older, and while nobody takes them', async () => {
  let most = 0;
  const hosts = { fast: { count: 30_000, everyMs: 10 }, slow: { count: 3000, everyMs: 1000, slowness: 5 } };
  const taken = Promise.withResolvers<undefined>();
  const { heard, toTheEnd, goOn, told } = stream({
    hosts,
    more: { room: () => (heard.length > 20_000 ? taken.promise : undefined) },
  });
  await goOn(() => {
    const waiting = told.reduce((sum, { lines }) => sum + lines, 0) - heard.length;
    most = Math.max(most, waiting);
    return heard.length > 20_000;
  });
  expect(heard.length).toBeLessThan(23_000);
  taken.resolve(undefined);
  await toTheEnd();
  expect(heard).toHaveLength(33_000);
  // 1.5 MB of each
  expect(most).toBeLessThan(4000);
});

test('lines that nobody wants hold back none of another host', async () => {
  const hosts = { one: { count: 5000, everyMs: 10 }, two: { count: 3000, everyMs: 10 } };
  const isWanted = ({ source }: LogRecord) => source !== 'bot.1@two';
  const { heard, toTheEnd } = stream({ hosts, more: { isWanted } });
  await toTheEnd();
  expect(heard).toHaveLength(5000);
});

test('what hosts tell in any order is told in the order of times', async () => {
  const hosts = { one: { count: 50, everyMs: -10 }, two: { count: 50, everyMs: 7 } };
  const { heard, toTheEnd } = stream({ hosts, more: { least: { priority: 3, grep: 'x' } } });
  await toTheEnd();
  expect(heard).toHaveLength(100);
  expect(inOrder(heard)).toBe(true);
});
