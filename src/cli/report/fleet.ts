import { formatDuration } from '../../base/duration.ts';
import { list } from '../../base/text.ts';
import { columns } from '../../base/columns.ts';
import type { HostState, InstanceState } from '../../host/state.ts';
import { driftWords } from '../../rollout/drift.ts';
import { liveRelease } from '../../rollout/fleet.ts';
import { irreversibleBetween } from '../../rollout/irreversible.ts';
import { describeLock } from '../../rollout/lock-words.ts';
import type { Fleet, FleetRelease, HostReading } from '../../rollout/session.ts';

/** The state of a stage for people: every instance, what it runs, how it is, and what has drifted. */
export function fleetLines({ hosts, drift }: Fleet): readonly string[] {
  const table = hosts.flatMap((reading) => hostRows(reading));
  const head = ['INSTANCE', 'RELEASE', 'RUNS', 'SERVICE', 'HEALTH', 'UP'];
  // only a stage with slots tells of traffic
  const isSwitched = table.some((row) => row[head.length] !== '');
  return [
    ...columns(isSwitched ? [[...head, 'TRAFFIC'], ...table] : [head, ...table.map((row) => row.slice(0, -1))]),
    ...hosts.flatMap((reading) => hostNotes(reading)),
    ...drift.map((one) => `! ${driftWords(one)}`),
  ];
}

function hostRows(reading: HostReading): readonly (readonly string[])[] {
  if (reading.type === 'unreachable') return [[`?@${reading.host}`, 'unreachable', '', '', '', '', '']];
  return reading.state.instances.map((instance) => instanceRow(instance, reading.state));
}

function instanceRow(
  { id, current, runs, service, health, busy, traffic }: InstanceState,
  { now }: HostState,
): readonly string[] {
  const running = runs.type === 'release' ? (runs.id === current ? 'yes' : runs.id) : runs.type;
  const up = service.startedAt === undefined ? '' : formatDuration(Math.max(0, now - service.startedAt));
  const state = busy === undefined ? service.status : `${service.status}, being updated`;
  const answer = health === undefined ? '' : `${health.healthy ? 'healthy' : 'UNHEALTHY'} ${health.outcome}`;
  return [id, current ?? '-', running, state, answer, up, traffic === 'taken' ? 'takes it' : (traffic ?? '')];
}

function hostNotes(reading: HostReading): readonly string[] {
  if (reading.type === 'unreachable') {
    return [`! ${reading.reason}`, ...(reading.mend === undefined ? [] : [`    ${reading.mend}`])];
  }
  const { host, lock } = reading.state;
  return lock ? [`! ${host}: locked by ${describeLock(lock)}`] : [];
}

/** Releases for people, newest first. */
export function releaseLines(releases: readonly FleetRelease[], { now }: { readonly now: number }): readonly string[] {
  if (releases.length === 0) return ['No release yet.'];
  const live = liveRelease(releases);
  const rows = releases.map((one) => [
    one.id,
    releaseStatus(one),
    wayBack(one, irreversibleBetween(releases, live, one)),
    one.live.length > 0 ? `${one.live.length} live` : '',
    `on ${one.on.length}`,
    one.at > 0 ? `${formatDuration(Math.max(0, now - one.at))} ago` : '',
    one.by,
    one.subject,
  ]);
  return columns([['RELEASE', 'STATUS', 'ROLL BACK TO IT', 'LIVE', 'HOSTS', 'MADE', 'BY', 'WHAT'], ...rows]);
}

function releaseStatus({ status, bad, irreversible }: FleetRelease): string {
  const undo = irreversible === undefined ? '' : `, IRREVERSIBLE: ${irreversible}`;
  return `${bad === undefined ? status : `BAD: ${bad}`}${undo}`;
}

function wayBack({ notATarget }: FleetRelease, over: readonly FleetRelease[]): string {
  if (notATarget !== undefined) return `no: ${notATarget}`;
  return over.length === 0 ? 'yes' : `by force: over ${list(over.map(({ id }) => id))}`;
}
