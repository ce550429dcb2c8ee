import type { Clock } from '../base/clock.ts';
import { RemoteError, SlipwayError } from '../base/errors.ts';
import { sh } from '../base/shell.ts';
import { list, plural } from '../base/text.ts';
import type { Settings } from '../config/settings.ts';
import type { Finding, HostState } from '../host/state.ts';
import type { HostClient, ProbeOptions, Spare } from '../host/verbs.ts';
import type { Manifests } from './manifests.ts';
import type { HostReading } from './session.ts';
import { withTraffic } from './slots.ts';

/** A stage and the way to its hosts. */
export interface Stage {
  readonly settings: Settings;
  readonly clients: ReadonlyMap<string, HostClient>;
  readonly manifests: Manifests;
  readonly cacheDir: string;
  readonly clock: Clock;
}

/** A state and how far our clock is from the host's when it was read, ms. */
export interface Reading {
  readonly state: HostState;
  readonly clockOffset: number;
}

export async function readHost(
  stage: Stage,
  host: string,
  asked: Pick<ProbeOptions, 'depth' | 'spare'>,
): Promise<Reading> {
  const { settings, clients, clock } = stage;
  const instances = settings.instances.filter((instance) => instance.host === host);
  const proxies = settings.proxies.filter((proxy) => proxy.host === host);
  const began = clock.now();
  const state = await clients.get(host)!.probe({ instances, shared: settings.shared, proxies, ...asked });
  const answered = clock.now();
  return { state, clockOffset: clockOffset((began + answered) / 2, state.now) };
}

/** Our clock minus that of a host, ms. A busybox host tells its time to half a second: below a second it is noise. */
export function clockOffset(ours: number, theirs: number): number {
  const offset = ours - theirs;
  return Math.abs(offset) < 1000 ? 0 : Math.round(offset);
}

export async function lookAtHosts(stage: Stage): Promise<readonly HostReading[]> {
  const readings = await Promise.all(
    stage.settings.hosts.map(async ({ name: host }): Promise<HostReading> => {
      try {
        return { type: 'read', host, state: (await readHost(stage, host, { depth: 'look' })).state };
      } catch (thrown) {
        if (!(thrown instanceof SlipwayError)) throw thrown;
        return { type: 'unreachable', host, reason: thrown.message, mend: thrown.mend };
      }
    }),
  );
  const read = readings.flatMap((one) => (one.type === 'read' ? [one.state] : []));
  const states = withTraffic(stage.settings, read);
  return readings.map((one) => {
    const state = states.find(({ host }) => host === one.host);
    return one.type === 'read' && state ? { ...one, state } : one;
  });
}

/** Reads every host of a rollout. One that cannot be read stops it: all that cannot are named at once. */
export async function readForRollout(
  stage: Stage,
  hosts: readonly string[],
  spare: Spare = 'none',
): Promise<readonly Reading[]> {
  const readings = await Promise.allSettled(hosts.map((host) => readHost(stage, host, { depth: 'rights', spare })));
  const failures = readings.flatMap((reading) => (reading.status === 'rejected' ? [reading.reason as unknown] : []));
  if (failures.length > 0) throw allFailures(failures);
  return toldTraffic(
    stage,
    readings.flatMap((reading) => (reading.status === 'fulfilled' ? [reading.value] : [])),
  );
}

/** Which slot takes the traffic is told by all hosts together. */
export function toldTraffic({ settings }: Stage, readings: readonly Reading[]): readonly Reading[] {
  const states = withTraffic(
    settings,
    readings.map(({ state }) => state),
  );
  return readings.map((reading, index) => ({ ...reading, state: states[index]! }));
}

function allFailures(failures: readonly unknown[]): unknown {
  const known = failures.filter((failure) => failure instanceof SlipwayError);
  if (known.length < failures.length || failures.length === 1)
    return failures.find((one) => !known.includes(one as SlipwayError)) ?? failures[0];
  // one cause for all hosts is one cause: exit code and mend stay its own
  if (known.every((failure) => failure.code === known[0]!.code && failure.exitCode !== 3)) return known[0];
  return new RemoteError({
    code: known[0]!.code,
    message: `${plural(known.length, 'host')} cannot be used.`,
    detail: known.flatMap((failure) => [failure.message, ...(failure.mend ? [`  ${failure.mend}`] : [])]),
    mend: 'Mend them, or leave them out with --only HOST,… (they then stay on what they run).',
  });
}

/** Anything missing on any host stops a rollout before anything is changed, with every mend in one list. */
export function requireReady({ settings }: Stage, readings: readonly Reading[]): void {
  const found = readings.flatMap(({ state }) => [...findingsOf(state, 'missing'), ...folderTroubles(settings, state)]);
  if (found.length === 0) return;
  const hosts = [...new Set(found.map(({ host }) => host))];
  // what would not stop it is mended in the same go
  const warnings = readings.flatMap(({ state }) => findingsOf(state, 'warning'));
  throw new RemoteError({
    code: 'SLIP_NOT_READY',
    message: `${list(hosts)} ${hosts.length === 1 ? 'is' : 'are'} not ready; nothing was changed.`,
    detail: [...found, ...warnings].flatMap(({ host, what, mend }) => [`${host}: ${what}`, `  ${mend}`]),
    mend: 'Mend what is listed above and run it again.',
  });
}

function findingsOf({ host, findings }: HostState, severity: Finding['severity']) {
  return findings.filter((one) => one.severity === severity).map(({ what, mend }) => ({ host, what, mend }));
}

/** Why the folder is not this stage's to write to; empty when it is. */
export function folderTroubles(settings: Settings, state: HostState): readonly FolderTrouble[] {
  const { host, owner, notWritable } = state;
  const ours = JSON.stringify({ app: settings.app, stage: settings.stage });
  if (owner !== undefined && owner !== ours) {
    return [{ host, what: `the folder belongs to ${owner}`, mend: 'Give this stage a deployTo of its own.' }];
  }
  if (notWritable === undefined) return [];
  const { deployTo } = settings.hosts.find((one) => one.name === host)!;
  const mend = `On the host: sudo install -d -o ${sh`${state.user} ${deployTo}`}`;
  return [{ host, what: `no right to write to ${notWritable}`, mend }];
}

export interface FolderTrouble {
  readonly host: string;
  readonly what: string;
  readonly mend: string;
}
