import type { Judged } from '../../analysis/watch.ts';
import { formatBytes } from '../../base/bytes.ts';
import { formatDuration } from '../../base/duration.ts';
import { unreachable } from '../../base/errors.ts';
import { formatRate } from '../../base/rate.ts';
import { plural } from '../../base/text.ts';
import type { RolloutEvent } from '../../rollout/events.ts';
import { wishText } from '../../rollout/wish-words.ts';
import { because } from './because.ts';
import { evidenceLines } from './evidence.ts';
import { createProbePace, createSyncPace } from './pace.ts';

export type Write = (line: string) => void;

export interface TextReportOptions {
  /** A look at canaries, in full. */
  readonly lookLines?: (judged: Judged) => readonly string[];
}

type Of<T extends RolloutEvent['type']> = Extract<RolloutEvent, { type: T }>;

/** Turns events into lines for people: one line for everything that matters, each with the time since the start. */
export function createTextReport(write: Write, options: TextReportOptions = {}): (event: RolloutEvent) => void {
  const { lookLines = lookLine } = options;
  const probes = createProbeLines();
  const syncs = createSyncLines();
  let startedAt: number | undefined;
  return (event) => {
    startedAt ??= event.t;
    const time = formatClock(event.t - startedAt);
    for (const line of linesOf(event)) write(`${time}  ${line}`);
  };

  function linesOf(event: RolloutEvent): readonly string[] {
    switch (event.type) {
      case 'probe.sample':
        return probes(event);
      case 'sync.progress':
        return syncs(event);
      case 'instance.state':
        return instanceLines(event);
      case 'analysis.verdict':
        return lookLines(event);
      case 'instance.evidence':
        return evidenceLines(event);
      case 'hook.output':
        return [`${event.host} │ ${event.line}`];
      case 'log.line':
        return [`${event.instance} │ ${event.line}`];
      default:
        return plainLines(event);
    }
  }
}

function lookLine({ role, look }: Judged): readonly string[] {
  return [`${role}: ${look.verdict}: ${look.reason}`];
}

type Plain = Exclude<
  RolloutEvent,
  {
    type: `instance.${string}` | 'analysis.verdict' | 'probe.sample' | 'sync.progress' | 'hook.output' | 'log.line';
  }
>;

function plainLines(event: Plain): readonly string[] {
  switch (event.type) {
    case 'rollout.planned':
    case 'rollout.started':
    case 'host.connected':
    case 'lock.taken':
    case 'lock.released':
    case 'bake.finished':
    case 'rollout.finished':
      return [];
    case 'rollout.phase':
      return event.reason === '' ? [] : [`${event.phase}: ${event.reason}`];
    case 'rollout.step':
      return [`step ${event.index}/${event.of}: ${event.title}`];
    case 'rollout.paused':
      return [`paused (${event.reasons.join(', ')}): ${event.reason}`];
    case 'rollout.resumed':
      return [`resumed by ${event.by}${event.accepted ? `, who takes it for good enough${because(event.why)}` : ''}`];
    case 'rollout.asked':
      return [`${event.by} asks to ${wishText(event.intent)}${event.refused ? `: not now, ${event.refused}` : ''}`];
    case 'host.lost':
      return [`${event.host}: ${event.reason}`];
    case 'host.skipped':
      return [`${event.host}: skipped by ${event.by}: the rest of it stays as it is`];
    case 'host.ready':
      return [`${event.host}: ${event.reused ? 'has the release' : 'received and verified'}`];
    case 'prepare.started':
      return [`${event.host}: prepare: ${event.run}`];
    case 'prepare.finished':
      return [`${event.host}: ${event.reused ? 'unchanged, copied from the base' : 'done'}: ${event.run}`];
    case 'hook.started':
      return [`${event.host}: hook: ${event.run}`];
    case 'hook.finished':
      return [`${event.host}: done: ${event.run}`];
    case 'analysis.started':
      return [
        `watching ${plural(event.roles.flatMap(({ canaries }) => canaries).length, 'canary', 'canaries')} for ${formatDuration(event.until - event.t)}`,
      ];
    case 'bake.started':
      return [`watching ${plural(event.instances.length, 'instance')} for ${formatDuration(event.until - event.t)}`];
    case 'lock.takenOver':
      return [`${event.host}: took over the lock of ${event.found}`];
    case 'release.pruned':
      return [`${event.host}: deleted ${event.releases.join(', ')}`];
    case 'analysis.sample':
      return [];
    case 'gate.opened':
      return ['waiting for approval'];
    case 'gate.passed':
      return [`approved by ${event.by}${because(event.why)}`];
    case 'traffic.switched':
      return [`${event.host}: ${event.role} takes its traffic at ${event.to}`];
    case 'warning':
      return [`! ${event.host ? `${event.host}: ` : ''}${event.message}`, ...(event.mend ? [`    ${event.mend}`] : [])];
    default:
      return unreachable(event);
  }
}

function instanceLines({ instance, state, release, reason, proof }: Of<'instance.state'>): readonly string[] {
  const why = because(reason);
  switch (state) {
    case 'stopped':
    case 'starting':
    case 'old':
    case 'baking':
      return [];
    case 'switched':
      return [`${instance}: switched to ${release ?? 'nothing'}, starting`];
    case 'verifying':
      return [`${instance}: waiting until it is healthy`];
    case 'updated':
      return [
        `${instance}: runs ${release ?? '?'} (${proof === 'proven' ? 'proven' : 'unproven: nothing on the host tells'})`,
      ];
    default:
      return [`${instance}: ${state}${why}`];
  }
}

function createProbeLines() {
  const isTold = createProbePace();
  return (event: Of<'probe.sample'>): readonly string[] => {
    if (!isTold(event)) return [];
    const { instance, attempt, sample, healthyMs, neededMs } = event;
    const outcome = `${sample.healthy ? 'healthy' : 'not healthy'} (${sample.outcome})`;
    const stay =
      sample.healthy && healthyMs < neededMs ? `, must stay so for ${formatDuration(neededMs - healthyMs)}` : '';
    return [`${instance}: attempt ${attempt}: ${outcome}${stay}`];
  };
}

const SYNC_TOLD_MS = 2000;

function createSyncLines() {
  const pace = createSyncPace(SYNC_TOLD_MS);
  return (event: Of<'sync.progress'>): readonly string[] => {
    const { host, sent, total } = event;
    const told = pace(event);
    switch (told?.type) {
      case 'begins':
        return [`${host}: sending ${formatBytes(total)}`];
      case 'goesOn': {
        const left = formatDuration(told.leftMs);
        return [`${host}: ${formatBytes(sent)} of ${formatBytes(total)}, ${formatRate(told.rate)}, ${left} left`];
      }
      case undefined:
        return [];
    }
  };
}

/** 0:07, 12:41 */
function formatClock(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`;
}
