import type { Clock } from '../base/clock.ts';
import { Bug, Cancelled } from '../base/errors.ts';
import { createLimit } from '../base/limit.ts';
import type { HostSettings, Settings } from '../config/settings.ts';
import { createHostClient } from '../host/client.ts';
import { createLink } from '../host/link.ts';
import { hostScript } from '../host/script.ts';
import type { HostClient } from '../host/verbs.ts';
import type { Connection } from '../ssh/transport.ts';
import { join } from 'node:path';
import { accept } from './accept.ts';
import { hostSources } from '../logs/host-source.ts';
import { streamLogs } from '../logs/stream.ts';
import { askController } from './ask-controller.ts';
import { changesBetween } from './changes.ts';
import { deployableRefs } from './deployable-refs.ts';
import { diagnose } from './doctor/examine.ts';
import { createManifests } from './manifests.ts';
import { mergeFleet } from './fleet.ts';
import { prepareContinue } from './plan-continue.ts';
import { prepareDeploy } from './plan-deploy.ts';
import { prepareReconcile } from './plan-reconcile.ts';
import { prepareRollback } from './plan-rollback.ts';
import type { Prepared } from './prepared.ts';
import { lastRecords } from './read-audit.ts';
import type { PreparedRollout, SessionLogs, StageSession } from './session.ts';
import { lookAtHosts, type Stage } from './stage.ts';
import { startRollout } from './start.ts';
import { findUnfinished } from './unfinished.ts';
import { watchVitals } from './vitals.ts';

export interface SessionOptions {
  readonly settings: Settings;
  readonly connect: (host: HostSettings) => Promise<Connection>;
  /** Where built artifacts, payloads and manifests are kept between runs. */
  readonly cacheDir: string;
  readonly clock: Clock;
  readonly whenPaused: 'wait' | 'end';
}

/** Opens a stage. Hosts are connected to when they are first needed. */
export function openSession({
  settings,
  connect,
  cacheDir,
  clock,
  whenPaused,
}: SessionOptions): StageSession & StageHosts {
  const login = createLimit(settings.rollout.parallel);
  const links = new Map(
    settings.hosts.map((host) => [host.name, createLink(() => login(() => connect(host)))] as const),
  );
  // who looks, plans or asks is here to answer
  const answered = <T>(work: () => Promise<T>, signal?: AbortSignal) => {
    links.forEach((link) => link.renew());
    return unlessCancelled(work(), signal);
  };
  const clients = new Map(
    settings.hosts.map(({ name, deployTo, path }) => {
      const open = (command: string) => links.get(name)!.open(command);
      return [name, createHostClient({ host: name, deployTo, path, script: hostScript(), open })] as const;
    }),
  );
  const stage: Stage = { settings, clients, manifests: createManifests(join(cacheDir, 'manifests')), cacheDir, clock };
  const instances = settings.instances.map(({ id }) => id);
  const closed = new AbortController();
  return {
    app: settings.app,
    stage: settings.stage,
    protected: settings.protected,
    hosts: settings.hosts.map((host) => host.name),
    instances,
    watched: watchedOf(settings),
    clients,
    inspect: () => answered(async () => mergeFleet(await lookAtHosts(stage), instances)),
    diagnose: (signal) => answered(() => diagnose(stage, (host) => links.get(host)!.way()), signal),
    ...asksGit(settings),
    history: (limit) => answered(() => lastRecords(clients, limit)),
    planDeploy: (options) => answered(() => prepareDeploy(stage, options), options.signal),
    planRollback: (options) => answered(() => prepareRollback(stage, options), options.signal),
    planReconcile: (options) => answered(() => prepareReconcile(stage, options), options.signal),
    unfinished: () => answered(() => findUnfinished(stage)),
    planContinue: (unfinished, options) => answered(() => prepareContinue(stage, unfinished, options), options.signal),
    accept: (unfinished) => accept(stage, unfinished),
    start: (prepared) => startRollout(stage, asPrepared(prepared), { whenPaused }),
    ask: (intent) => answered(() => askController(stage, intent)),
    logs: (options) => logs(stage, { ...options, signal: AbortSignal.any([options.signal, closed.signal]) }),
    vitals: (options) => watchVitals(stage, { ...options, signal: AbortSignal.any([options.signal, closed.signal]) }),
    close: async () => {
      closed.abort();
      await Promise.allSettled([...links.values()].map((link) => link.close()));
    },
  };
}

/** What the commands for lock and history use beside the session. */
export interface StageHosts {
  readonly clients: ReadonlyMap<string, HostClient>;
}

function watchedOf({ instances, alerts, notify }: Settings): StageSession['watched'] {
  const named = instances.map(({ id, role, host, slot }) => ({ id, role, host, slot }));
  return { instances: named, alerts, notify };
}

/** What is known without any host. */
function asksGit({ source }: Settings): Pick<StageSession, 'refs' | 'changesBetween'> {
  return {
    refs: (signal) => unlessCancelled(deployableRefs(source, signal), signal),
    changesBetween: (from, to, signal) => unlessCancelled(changesBetween(source, { from, to, signal }), signal),
  };
}

async function unlessCancelled<T>(planning: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return planning;
  const cancelled = new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(new Cancelled());
    signal.addEventListener('abort', () => reject(new Cancelled()), { once: true });
  });
  return Promise.race([planning, cancelled]);
}

function asPrepared(prepared: PreparedRollout): Prepared {
  if (!('replan' in prepared)) throw new Bug('A rollout can only be started from the plan of this session.');
  return prepared as Prepared;
}

function logs({ settings, clients, clock }: Stage, { instances, ...options }: SessionLogs): Promise<void> {
  const wanted = settings.instances.filter(({ id }) => instances?.includes(id) ?? true);
  const folders = new Map(settings.hosts.map(({ name, deployTo }) => [name, deployTo]));
  const sources = hostSources(wanted, (host) => folders.get(host)!);
  return streamLogs({ retried: never, ...options, clock, clients, sources });
}

function never(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
