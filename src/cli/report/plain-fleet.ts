import { list, plural } from '../../base/text.ts';
import type { InstanceState, LockState } from '../../host/state.ts';
import { type Drift, driftWords } from '../../rollout/drift.ts';
import { statesOf } from '../../rollout/fleet.ts';
import { isManual } from '../../rollout/lock-words.ts';
import type { Fleet, HostReading, StageSession } from '../../rollout/session.ts';
import { are, atHost, quoted, sentence, sentences, spokenDuration, spokenRelease, toDo } from './speech.ts';

export type NamedStage = Pick<StageSession, 'app' | 'stage' | 'instances'>;

export interface FleetWays {
  /** What brings back what has drifted: "choose 8". */
  readonly reconcile: string;
  /** What gives a stage free that a person has locked. */
  readonly unlock: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The state of a stage: first how it is as a whole, then a sentence for each host, then what is not well one by one. */
export function fleetSentences(stage: NamedStage, fleet: Fleet, ways: FleetWays): readonly string[] {
  const drifted = new Set(fleet.drift.map(({ instance }) => instance));
  const told = fleet.hosts.flatMap((reading) => hostSentences(reading, fleet.release, drifted));
  return [
    headSentence(stage, fleet),
    ...told,
    ...lockSentences(fleet, stage, ways),
    ...driftSentences(fleet.drift, ways),
  ];
}

function headSentence({ app, stage, instances }: NamedStage, { hosts, release, releases }: Fleet): string {
  const there = statesOf(hosts).flatMap((state) => state.instances);
  const well = there.filter((one) => troublesOf(one).length === 0);
  const count = well.length === instances.length ? `all ${well.length}` : `${well.length} of ${instances.length}`;
  const isAsked = well.length > 0 && well.every(({ health }) => health?.healthy === true);
  const how = `${count} ${instances.length === 1 ? 'instance' : 'instances'} ${are(well.length)} ${isAsked ? 'healthy' : 'well'}`;
  if (release === undefined) return sentence(`${app} ${stage} has no good release yet; ${how}`);
  const subject = releases.find(({ id }) => id === release)?.subject ?? '';
  return sentence(
    `${app} ${stage} is on ${spokenRelease(release)}${subject === '' ? '' : `, ${quoted(subject)}`}; ${how}`,
  );
}

/** Well instances of a host in one sentence, unless they run different things; the others one by one. */
function hostSentences(
  reading: HostReading,
  release: string | undefined,
  drifted: ReadonlySet<string>,
): readonly string[] {
  if (reading.type === 'unreachable') {
    return [sentences(`${reading.host} cannot be reached: ${reading.reason}`, toDo(reading.mend))];
  }
  const { instances, now } = reading.state;
  const well = instances.filter((one) => troublesOf(one).length === 0);
  // what has drifted is told as such
  const ill = instances.filter((one) => !well.includes(one) && !(drifted.has(one.id) && one.current === undefined));
  const kinds = [...new Set(well.map(kindOf))];
  return [
    ...kinds.map((kind) => {
      const alike = well.filter((one) => kindOf(one) === kind);
      return sentence(wellWords(alike, { now, host: reading.host, release }));
    }),
    ...ill.map((one) => sentence(illWords(one))),
  ];
}

/** What instances have in common that are told of in one sentence. */
function kindOf({ current, traffic, health }: InstanceState): string {
  return JSON.stringify([current, traffic, health?.healthy]);
}

interface Place {
  readonly host: string;
  readonly now: number;
  readonly release: string | undefined;
}

function wellWords(alike: readonly InstanceState[], { host, now, release }: Place): string {
  const { current, traffic, health, service } = alike[0]!;
  const who = `${host}: ${list(alike.map(({ name }) => name))} ${are(alike.length)}`;
  const how = traffic === 'idle' ? 'idle' : health?.healthy === true ? 'healthy' : 'well';
  const on = current === undefined || current === release ? '' : ` on ${spokenRelease(current)}`;
  const takes = traffic === 'taken' ? ` and ${alike.length === 1 ? 'takes' : 'take'} the traffic` : '';
  return `${who} ${how}${on}${takes}${service.status === 'running' ? upWords(alike, now) : ''}`;
}

function upWords(alike: readonly InstanceState[], now: number): string {
  const starts = alike.flatMap(({ service }) => service.startedAt ?? []);
  const up = now - Math.max(...starts);
  if (starts.length < alike.length || up < 1000) return '';
  return `, running for ${alike.length === 1 ? '' : 'at least '}${spokenDuration(up)}`;
}

function illWords(instance: InstanceState): string {
  const { id, current } = instance;
  const on = current === undefined ? '' : `; it is on ${spokenRelease(current)}`;
  return `${atHost(id)} ${list(troublesOf(instance))}${on}`;
}

/** What is not as it should be, in words; nothing when it is well. */
function troublesOf({ current, busy, service, health, traffic, runs }: InstanceState): readonly string[] {
  if (traffic === 'idle' && busy === undefined) return [];
  if (current === undefined) return ['has no release yet'];
  const { status, detail } = service;
  const isUp = status === 'running' || status === 'none';
  const other = runs.type === 'release' && runs.id !== current ? runs.id : undefined;
  return [
    ...(busy === undefined ? [] : ['is being updated']),
    ...(isUp ? [] : [`has a service that ${serviceWords(status)}${inBrackets(detail)}`]),
    ...(health?.healthy === false ? [`is not healthy${inBrackets(health.outcome)}`] : []),
    ...(other === undefined ? [] : [`runs ${spokenRelease(other)}, which is not what its link says`]),
  ];
}

function inBrackets(words: string): string {
  return words === '' ? '' : ` (${words})`;
}

function serviceWords(status: InstanceState['service']['status']): string {
  switch (status) {
    case 'running':
    case 'none':
      return 'is well';
    case 'starting':
      return 'is starting';
    case 'stopped':
      return 'is stopped';
    case 'failed':
      return 'has failed';
    case 'unknown':
      return 'says nothing of itself';
  }
}

/** Locks, each once, with the hosts that have it. */
function lockSentences({ hosts }: Fleet, { stage }: NamedStage, { now, unlock }: FleetWays): readonly string[] {
  const held = statesOf(hosts).flatMap(({ host, lock }) =>
    lock ? [{ host, lock, words: spokenLock(lock, now) }] : [],
  );
  return [...new Set(held.map(({ words }) => words))].map((words) => {
    const same = held.filter((one) => one.words === words);
    const where =
      same.length === hosts.length ? `${stage} is` : `${list(same.map(({ host }) => host))} ${are(same.length)}`;
    const mend = isManual(same[0]?.lock.owner?.rollout) ? toDo(unlock) : undefined;
    return sentences(`${where} locked by ${words}`, mend);
  });
}

/** "ana@laptop for 5 minutes: deploy 1f0755f; its last sign of life came 4 seconds ago" */
export function spokenLock({ owner, ageMs }: LockState, now: number): string {
  const age = spokenDuration(ageMs);
  if (!owner) return `nobody knows whom; the last sign of life came ${age} ago`;
  const since = spokenDuration(Math.max(0, now - owner.since));
  const sign = owner.state === 'held' ? `; the last sign of life came ${age} ago` : '';
  const paused = owner.state === 'paused' && !isManual(owner.rollout) ? '; it is paused' : '';
  return `${owner.who} for ${since}: ${owner.why}${sign}${paused}`;
}

function driftSentences(drift: readonly Drift[], { reconcile }: FleetWays): readonly string[] {
  if (drift.length === 0) return [];
  const count = `${plural(drift.length, 'instance')} ${drift.length === 1 ? 'has' : 'have'} drifted`;
  return [...drift.map((one) => sentence(driftWords(one))), sentences(count, `To bring that back, ${reconcile}`)];
}
