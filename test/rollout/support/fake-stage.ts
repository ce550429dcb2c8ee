import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RolloutEvent } from '../../../src/rollout/events.ts';
import type { OverIrreversible } from '../../../src/rollout/irreversible.ts';
import { createManifests } from '../../../src/rollout/manifests.ts';
import type { Plan } from '../../../src/rollout/plan.ts';
import { prepareContinue } from '../../../src/rollout/plan-continue.ts';
import { prepareDeploy } from '../../../src/rollout/plan-deploy.ts';
import { prepareReconcile } from '../../../src/rollout/plan-reconcile.ts';
import { prepareRollback } from '../../../src/rollout/plan-rollback.ts';
import type { Prepared } from '../../../src/rollout/prepared.ts';
import { initialState, progress, type RolloutState } from '../../../src/rollout/progress.ts';
import type { ContinueOptions, Intent, RolloutOutcome } from '../../../src/rollout/session.ts';
import type { Stage } from '../../../src/rollout/stage.ts';
import { startRollout } from '../../../src/rollout/start.ts';
import { findUnfinished } from '../../../src/rollout/unfinished.ts';
import { live } from '../../config/minimal.ts';
import { type FakeClock, fakeClock, type FakeClockOptions } from '../../support/fake-clock.ts';
import { type FakeHost, fakeHost } from './fake-host.ts';

/** A stage of fake hosts with a folder as its source: every `deploy` ships a new text. */
export interface FakeStage extends AsyncDisposable {
  readonly stage: Stage;
  readonly hosts: readonly FakeHost[];
  readonly clock: FakeClock;
  host(name: string): FakeHost;
  /** What the next deploy would ship. */
  write(text: string): Promise<void>;
  /** Deploys `text` and waits for the end. */
  deploy(text: string, options?: RunOptions): Promise<Finished>;
  /** Runs what was prepared, and waits for the end. */
  run(prepared: Prepared, options?: RunOptions): Promise<Finished>;
  rollback(options?: RunOptions & { readonly to?: string }): Promise<Finished>;
  reconcile(options?: RunOptions): Promise<Finished>;
  /** Runs what is left of a rollout that nobody runs any more. */
  goOn(options?: ContinueOptions): Promise<Finished>;
  /** instance id → release */
  links(): Readonly<Record<string, string>>;
}

/** An intent that its name says all of. */
type Plain = 'pause' | 'resume' | 'abort' | 'rollback' | 'leave';

export interface RunOptions {
  readonly whenPaused?: 'wait' | 'end';
  readonly only?: readonly string[];
  readonly restart?: boolean;
  readonly irreversible?: string;
  readonly overIrreversible?: OverIrreversible;
  /** Makes another plan of the one that was made. */
  readonly change?: (plan: Plan) => Plan;
  /** Called with every event; sends intents by what it sees. */
  readonly onEvent?: (event: RolloutEvent, send: (intent: Intent | Plain) => string | undefined) => void;
}

export interface Finished {
  readonly outcome: RolloutOutcome;
  readonly events: readonly RolloutEvent[];
  readonly state: RolloutState;
  readonly release: string;
}

export interface FakeStageOptions {
  readonly clock?: FakeClockOptions['mode'];
  readonly hosts?: number;
  readonly instances?: number;
  readonly rollout?: Readonly<Record<string, unknown>>;
  readonly hooks?: Readonly<Record<string, readonly string[]>>;
  /** What the role says beside its service. */
  readonly role?: Readonly<Record<string, unknown>>;
  /** Other roles, of which each host runs one instance. */
  readonly others?: Readonly<Record<string, unknown>>;
}

export async function fakeStage({
  hosts: count = 3,
  instances = 2,
  rollout = {},
  hooks = {},
  role = {},
  others = {},
  clock: mode = 'auto',
}: FakeStageOptions = {}): Promise<FakeStage> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-engine-'));
  const source = join(folder, 'app');
  const names = Array.from({ length: count }, (_, i) => `h${i + 1}`);
  const hosts = names.map((name) => fakeHost(name));
  const clock = fakeClock({ mode });
  const ones = Object.fromEntries(Object.keys(others).map((name) => [name, 1]));
  const settings = live({
    source: { git: undefined, dir: source },
    rollout,
    hooks,
    roles: { bot: { service: { start: 'start', stop: 'stop', status: 'status' }, ...role }, ...others },
    stages: { live: { hosts: names.map((name) => ({ name, address: name, roles: { bot: instances, ...ones } })) } },
  });
  const stage: Stage = {
    settings,
    clients: new Map(hosts.map((host) => [host.host, host])),
    manifests: createManifests(join(folder, 'manifests')),
    cacheDir: folder,
    clock,
  };
  const run: FakeStage['run'] = async (
    prepared,
    { whenPaused = 'end', onEvent, change = (plan: Plan) => plan } = {},
  ) => {
    const replan: Prepared['replan'] = (readings) => {
      const made = prepared.replan(readings);
      return { ...made, plan: change(made.plan) };
    };
    const rolling = startRollout(stage, { ...prepared, plan: change(prepared.plan), replan }, { whenPaused });
    const { release } = prepared.plan;
    const events: RolloutEvent[] = [];
    rolling.subscribe((event) => {
      events.push(event);
      onEvent?.(event, (intent) => rolling.send(typeof intent === 'string' ? { type: intent } : intent));
    });
    const outcome = await rolling.finished;
    return { outcome, events, state: events.reduce(progress, initialState), release: release.id };
  };
  const write = async (text: string) => {
    await mkdir(source, { recursive: true });
    await writeFile(join(source, 'text'), text);
  };
  return {
    stage,
    hosts,
    clock,
    write,
    host: (name) => hosts.find((one) => one.host === name)!,
    run,
    deploy: async (text, { only, restart, irreversible, ...options } = {}) => {
      clock.advance(1000); // ids tell seconds
      await write(text);
      const prepared = await prepareDeploy(stage, {
        ...(only ? { only } : {}),
        ...(restart ? { restart } : {}),
        ...(irreversible === undefined ? {} : { irreversible }),
      });
      return run(prepared, options);
    },
    reconcile: async (options = {}) => run(await prepareReconcile(stage, {}), options),
    goOn: async (options = {}) => run(await prepareContinue(stage, await findUnfinished(stage), options)),
    rollback: async ({ to, only, overIrreversible = 'refused', ...options } = {}) => {
      const asked = { ...(to === undefined ? {} : { to }), ...(only ? { only } : {}), overIrreversible };
      return run(await prepareRollback(stage, asked), options);
    },
    links: () =>
      Object.fromEntries(
        hosts.flatMap((host) => [...host.links].map(([name, release]) => [`${name}@${host.host}`, release] as const)),
      ),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** What the links of all instances point at. */
export function releasesOf(stage: FakeStage): ReadonlySet<string> {
  return new Set(Object.values(stage.links()));
}

/** Collects the instances that workers change from now on, each time. */
export function changesOf({ hosts }: FakeStage): readonly string[] {
  const all: string[] = [];
  for (const host of hosts) {
    host.onChange = ({ type, instance }) => {
      if (type === 'begins') all.push(`${instance}@${host.host}`);
    };
  }
  return all;
}
