import { ConnectionLostError, RemoteError } from '../../../src/base/errors.ts';
import { parseHistory } from '../../../src/host/records.ts';
import { EVIDENCE_PARTS } from '../../../src/host/evidence.ts';
import { supersededBy } from '../../../src/host/failures.ts';
import type { HostState, LockOwner, ReleaseRecord, ServerState } from '../../../src/host/state.ts';
import { serversOf, stateOf } from './fake-state.ts';
import type { ActivateOptions, HostClient, WorkerFrame } from '../../../src/host/verbs.ts';

/** What a worker does when it is told to switch an instance to a release. */
export type Behaviour = 'healthy' | 'unhealthy' | 'dead' | 'lost' | 'waits';

/** A host in memory with the verbs of a real one: links, ledger, lock. Its workers do what `behave` says. */
export interface FakeHost extends HostClient {
  readonly links: Map<string, string>;
  readonly records: Map<string, ReleaseRecord>;
  readonly said: string[];
  /** The lines of the audit trail (JSON). */
  readonly told: string[];
  lockOwner: LockOwner | undefined;
  /** Processes that run another release than their link says, by instance. */
  readonly runs: Map<string, string>;
  /** Who had the lock last. */
  last: string | undefined;
  behave: (instance: string, release: string) => Behaviour;
  /** What its proxy is told of its servers, which are named like instances; `ready` when it was told nothing. */
  readonly servers: Map<string, ServerState['wanted']>;
  /** The proxy refuses to be told anything. */
  trafficFails: boolean;
  /** Instances that answer unhealthily when looked at. */
  readonly sick: Set<string>;
  /** Called whenever a worker is about to change an instance, and when it is through. */
  onChange: (change: { readonly type: 'begins' | 'ends'; readonly instance: string }) => void;
  unreachable: boolean;
  disk: HostState['disk'];
  /** What is seen of instances while they are watched: nothing, and the channel ends, unless a test says otherwise. */
  sampling: HostClient['sample'];
  /** Lets workers that wait go on as healthy. */
  release(): void;
}

export function fakeHost(host: string): FakeHost {
  let waiting: (() => void)[] = [];
  const hearing: { readonly rollout: string; readonly hear: (line: string) => void }[] = [];
  const plans = new Map<string, string>();
  const hooked = new Map<string, number>();
  const journals = new Map<string, string[]>();
  const told: { readonly rollout: string; readonly line: string }[] = [];
  const fake: FakeHost = {
    host,
    links: new Map(),
    records: new Map(),
    said: [],
    told: [],
    runs: new Map(),
    lockOwner: undefined,
    last: undefined,
    servers: new Map(),
    trafficFails: false,
    behave: () => 'healthy',
    sick: new Set(),
    onChange: () => undefined,
    unreachable: false,
    sampling: () => Promise.resolve(),
    disk: { freeBytes: 1e9, freeInodes: 1e6 },
    release: () => {
      const woken = waiting;
      waiting = [];
      woken.forEach((wake) => wake());
    },
    probe: async ({ instances, proxies }) => {
      reach(fake);
      return stateOf(fake, instances, proxies);
    },
    time: async () => {
      reach(fake);
      return Promise.resolve(Date.UTC(2026, 10, 21));
    },
    lock: async ({ owner, dead, force, takes, plan, look }) => {
      reach(fake);
      const held = fake.lockOwner;
      const { last } = fake;
      if (held && ![dead, force, takes].includes(held.rollout))
        return { type: 'refused', by: { owner: held, ageMs: 4000 } };
      fake.lockOwner = owner;
      fake.last = owner.rollout;
      if (plan !== undefined) plans.set(owner.rollout, plan);
      const state = look && look.seen !== last ? { state: stateOf(fake, look.instances, look.proxies) } : {};
      return held ? { type: 'takenOver', from: { owner: held, ageMs: 61_000 }, ...state } : { type: 'taken', ...state };
    },
    unlock: async ({ rollout, history = '' }) => {
      const held = fake.lockOwner;
      if (!held) return { type: 'none' };
      if (typeof rollout === 'string' && held.rollout !== rollout)
        return { type: 'refused', by: { owner: held, ageMs: 0 } };
      fake.lockOwner = undefined;
      if (history !== '') fake.told.push(history);
      return { type: 'released', was: { owner: held, ageMs: 0 } };
    },
    own: async (owner) => {
      requireLock(fake, owner.rollout);
      fake.lockOwner = owner;
    },
    rollout: async (rollout, plan) => {
      reach(fake);
      await Promise.resolve();
      plans.set(rollout, plan);
    },
    plan: (rollout) => {
      reach(fake);
      const text = plans.get(rollout);
      if (text === undefined) return Promise.reject(absent(fake));
      return Promise.resolve({ text, hooksRun: hooked.get(rollout) ?? 0 });
    },
    events: (rollout) => {
      reach(fake);
      const lines = journals.get(rollout);
      return lines === undefined ? Promise.reject(absent(fake)) : Promise.resolve(lines);
    },
    receive: async ({ rollout, release, ledger, payload, plan }) => {
      reach(fake);
      if (plan !== undefined) plans.set(rollout, plan);
      payload().destroy();
      write(fake, release, { ...(JSON.parse(ledger) as object), status: 'ready' });
      return { type: 'received', left: [] };
    },
    arrived: () => Promise.resolve({ type: 'nothing' }),
    ledger: async ({ release, ledger }) => write(fake, release, JSON.parse(ledger) as object),
    prepare: async ({ release }) => write(fake, release, { status: 'ready' }),
    hook: async ({ rollout, when, commands, onStep, onLine }) => {
      reach(fake);
      await Promise.resolve();
      for (const run of commands) {
        onStep({ run, state: 'started' });
        onLine(`ran ${run}`);
        fake.said.push(`hook ${run}`);
        if (run === 'fails')
          throw new RemoteError({ code: 'SLIP_HOOK', host, message: '"fails" failed with status 1' });
        if (when === 'release') hooked.set(rollout, (hooked.get(rollout) ?? 0) + 1);
        onStep({ run, state: 'finished' });
      }
    },
    manifest: () => Promise.resolve(undefined),
    verify: async ({ release }) => void fake.said.push(`verify ${release}`),
    activate: (options) => work(fake, options, () => new Promise((resolve) => waiting.push(resolve))),
    follow: async ({ instance, onFrame }) => {
      reach(fake);
      // the worker went on while nobody looked, and ended well
      onFrame(frame(900_000, 'end', 'updated', 'proven'));
      fake.onChange({ type: 'ends', instance });
    },
    cancel: async ({ instance, turn }) => {
      fake.said.push(`cancel ${instance}`);
      fake.sick.add(`cancelled ${instance}+${turn}`);
      fake.release();
    },
    traffic: async ({ proxy, ready, drain, enough }) => {
      reach(fake);
      if (fake.trafficFails) throw new RemoteError({ code: 'SLIP_TRAFFIC', host, message: 'HAProxy says no.' });
      const count = serversOf(fake, [proxy]).filter(({ server, up }) => up && ready.includes(server)).length;
      const isEnough = count === ready.length || (enough === 'one' && count > 0);
      if (isEnough) {
        fake.said.push(`traffic to ${ready.join(' ')} not to ${drain.join(' ')}`);
        ready.forEach((server) => fake.servers.set(server, 'ready'));
        drain.forEach((server) => fake.servers.set(server, 'drain'));
      }
      await Promise.resolve();
      return { shifted: isEnough ? 'yes' : 'no', servers: serversOf(fake, [proxy]) };
    },
    finish: async ({ marks, prune, rollout, history, lock, journal }) => {
      reach(fake);
      requireLock(fake, rollout);
      const rest = journal.split('\n').filter((line) => line !== '');
      if (rest.length > 0) journals.set(rollout, [...(journals.get(rollout) ?? []), ...rest]);
      fake.told.push(history);
      marks.forEach(({ release, status }) => write(fake, release, { status }));
      if (lock === 'release' && fake.lockOwner?.rollout === rollout) fake.lockOwner = undefined;
      return prune;
    },
    history: async (count) => {
      reach(fake);
      return fake.told.slice(-count).flatMap((line) => parseHistory(line) ?? []);
    },
    tell: async ({ rollout, line }) => {
      reach(fake);
      requireLock(fake, rollout);
      await Promise.resolve();
      told.push({ rollout, line });
      hearing.filter((one) => one.rollout === rollout).forEach(({ hear }) => hear(line));
    },
    answer: ({ rollout, id }) => {
      const said = fake.said.find((line) => line.includes(`"type":"rollout.asked","id":"${id}"`));
      if (said === undefined && fake.lockOwner?.rollout !== rollout) return Promise.reject(supersededBy(fake.host));
      return Promise.resolve(said);
    },
    control: (rollout, onLine) => {
      hearing.push({ rollout, hear: onLine });
      told.filter((one) => one.rollout === rollout).forEach(({ line }) => onLine(line));
      const journal = [...(journals.get(rollout) ?? [])];
      journals.set(rollout, journal);
      return Promise.resolve({
        beat: () => undefined,
        journal: (line) => {
          fake.said.push(line);
          journal.push(line);
        },
        close: () => Promise.resolve(),
        ended: new Promise(() => undefined),
      });
    },
    log: () => Promise.resolve(),
    logs: () => Promise.resolve(),
    sample: async (options, onSamples) => {
      reach(fake);
      await fake.sampling(options, onSamples);
    },
    analysed: () => Promise.resolve([...journals.keys()]),
  };
  return fake;
}

function reach(fake: FakeHost): void {
  if (fake.unreachable) {
    throw new RemoteError({ code: 'SLIP_UNREACHABLE', host: fake.host, message: `${fake.host} does not answer.` });
  }
}

function requireLock(fake: FakeHost, rollout: string): void {
  if (fake.lockOwner?.rollout !== rollout) throw supersededBy(fake.host);
}

function absent({ host }: FakeHost): RemoteError {
  return new RemoteError({ code: 'SLIP_ABSENT', host, message: 'It has no such thing.' });
}

function write(fake: FakeHost, id: string, change: object): void {
  const empty = { id, status: 'preparing', sequence: 1, revision: undefined, subject: '', digest: '0'.repeat(64) };
  const facts = {
    recipe: undefined,
    by: 'test',
    at: 0,
    bad: undefined,
    irreversible: undefined,
    kept: false,
    present: true,
  };
  fake.records.set(id, { ...empty, ...facts, ...fake.records.get(id), ...change } as ReleaseRecord);
}

function frame(seq: number, kind: string, ...fields: readonly string[]): WorkerFrame {
  return { seq, t: Date.UTC(2026, 10, 21), kind, fields };
}

async function work(fake: FakeHost, options: ActivateOptions, wait: () => Promise<void>): Promise<void> {
  reach(fake);
  requireLock(fake, options.rollout);
  const { instance, task, onFrame, turn } = options;
  const release = String(task['release']);
  const before = fake.links.get(instance);
  const say = (n: number, kind: string, ...fields: readonly string[]) =>
    onFrame(frame(turn * 1_000_000 + n, kind, ...fields));
  if ((before ?? '') !== task['expect']) return say(1, 'end', 'moved', `current points at ${before ?? 'nothing'}`);
  fake.onChange({ type: 'begins', instance });
  const through = () => fake.onChange({ type: 'ends', instance });
  if (task['act'] === 'retire') {
    fake.links.delete(instance);
    through();
    say(1, 'state', 'retired', '', '');
    return say(2, 'end', 'retired', '');
  }
  fake.links.set(instance, release);
  fake.runs.delete(instance);
  say(1, 'state', 'switched', release, '');
  await Promise.resolve();
  const behaviour = fake.behave(instance, release);
  const cancel = `cancelled ${instance}+${turn}`;
  if (behaviour === 'waits' && !fake.sick.has(cancel)) await wait();
  if (behaviour === 'lost') {
    throw new ConnectionLostError({ code: 'SLIP_CONNECTION_LOST', host: fake.host, message: 'the line went dead' });
  }
  const cancelled = fake.sick.has(cancel);
  if (!cancelled && (behaviour === 'healthy' || behaviour === 'waits')) {
    through();
    say(2, 'state', 'updated', release, '', '', 'proven');
    return say(3, 'end', 'updated', 'proven');
  }
  if (before === undefined) fake.links.delete(instance);
  else fake.links.set(instance, before);
  through();
  const why = cancelled ? 'cancelled' : 'not healthy within 2m';
  if (!cancelled) EVIDENCE_PARTS.forEach((part, index) => say(2 + index, 'evidence', part, `${part} of ${release}`));
  say(8, 'state', behaviour === 'dead' ? 'failed' : 'reverted', before ?? '', why);
  if (behaviour === 'dead') return say(9, 'end', 'stuck', `${why}; and the release before it did not come up either`);
  return say(9, 'end', before === undefined ? 'failed' : 'reverted', why);
}

/** Up is a server whose instance runs and is well. */
