import type { InstanceSettings } from '../config/settings.ts';
import { type Frame, number, text } from './frames.ts';
import { needMend, needText } from './needs.ts';
import { isReleaseName, parseLedger, parseOwner } from './records.ts';
import type {
  Finding,
  HostState,
  InstanceState,
  LockState,
  ProbeSample,
  RunningRelease,
  ServerState,
  ServiceState,
} from './state.ts';

/** The frames of a probe as the state of a host. Pure; the fields are those that 40-probe.sh sends, in its order. */
export function readHostState(host: string, frames: readonly Frame[], wanted: readonly InstanceSettings[]): HostState {
  const first = (kind: string) => frames.find((frame) => frame.kind === kind) ?? { kind, fields: [] };
  const all = (kind: string) => frames.filter((frame) => frame.kind === kind);
  const about = first('host');
  const disk = first('disk');
  const kibibytes = number(disk, 0);
  const user = text(about, 1);
  return {
    host,
    now: number(about, 0) ?? 0,
    user,
    system: text(about, 2),
    initialised: text(about, 3) === 'yes',
    tools: new Set(text(first('tools'), 0).split(' ').filter(Boolean)),
    disk: { freeBytes: kibibytes === undefined ? undefined : kibibytes * 1024, freeInodes: number(disk, 1) },
    releases: all('release')
      .flatMap(
        (frame) => parseLedger(text(frame, 0), frame.fields[2] ?? '', { present: text(frame, 1) === 'yes' }) ?? [],
      )
      .sort((a, b) => a.sequence - b.sequence || (a.id < b.id ? -1 : 1)),
    instances: all('instance').flatMap((frame) => readInstance(host, frame, wanted) ?? []),
    traffic: readServers(frames),
    leftovers: all('leftover').flatMap((frame) => {
      const name = text(frame, 0);
      return /^[\w-]+(\.[\w-]+)?\.\d+$/.test(name)
        ? [{ name, current: releaseName(frame, 1), service: frame.fields[2] ?? '' }]
        : [];
    }),
    owner: all('app').map((frame) => text(frame, 0))[0],
    lock: readLock(all('lock')[0]),
    last: text(first('last'), 0) || undefined,
    cutUploads: number(first('cut'), 0),
    findings: all('need').map((frame) => readFinding(frame, user)),
    notWritable: text(disk, 2) === 'no' ? text(disk, 3) : undefined,
  };
}

/** What a proxy says of its servers. */
export function readServers(frames: readonly Frame[]): readonly ServerState[] {
  return frames.flatMap((frame): ServerState[] => {
    if (frame.kind !== 'traffic') return [];
    const wanted = WANTED.find((one) => one === text(frame, 2)) ?? 'maint';
    const [weight = 0, sessions = 0] = [number(frame, 4), number(frame, 5)];
    return [{ role: text(frame, 0), server: text(frame, 1), wanted, up: text(frame, 3) === 'up', weight, sessions }];
  });
}

const WANTED = ['ready', 'drain', 'maint'] as const;

function readInstance(host: string, frame: Frame, wanted: readonly InstanceSettings[]): InstanceState | undefined {
  const name = text(frame, 0);
  const instance = wanted.find((one) => one.name === name);
  if (!instance) return undefined;
  const service = readService(frame);
  return {
    id: instance.id,
    name,
    host,
    current: releaseName(frame, 1),
    previous: releaseName(frame, 2),
    service,
    runs: readRuns(instance, frame, service),
    health: readSample(frame),
    busy: text(frame, 13) || undefined,
  };
}

function readRuns(instance: InstanceSettings, frame: Frame, service: ServiceState): RunningRelease {
  const linked = releaseName(frame, 1);
  if (instance.service.type === 'files') return linked ? { type: 'release', id: linked } : { type: 'nothing' };
  if (service.status !== 'running' && service.status !== 'starting') return { type: 'nothing' };
  const id = releaseName(frame, 9);
  return id ? { type: 'release', id } : { type: 'unproven' };
}

function readService(frame: Frame): ServiceState {
  const startedAt = number(frame, 6);
  const status = text(frame, 4);
  return {
    status: isStatus(status) ? status : 'unknown',
    pid: number(frame, 5),
    startedAt: startedAt === undefined ? undefined : startedAt * 1000,
    restarts: number(frame, 7),
    detail: text(frame, 8),
  };
}

const STATUSES = ['running', 'starting', 'stopped', 'failed', 'none', 'unknown'] as const;

export function isStatus(word: string): word is (typeof STATUSES)[number] {
  return (STATUSES as readonly string[]).includes(word);
}

function readSample(frame: Frame): ProbeSample | undefined {
  const healthy = text(frame, 10);
  if (healthy === '') return undefined;
  return { healthy: healthy === 'yes', outcome: text(frame, 11), latencyMs: number(frame, 12) };
}

/** A lock as "lock TAB owner TAB age in seconds". */
export function readLock(frame: Frame | undefined): LockState | undefined {
  if (!frame) return undefined;
  return { owner: parseOwner(frame.fields[0] ?? ''), ageMs: (number(frame, 1) ?? 0) * 1000 };
}

function readFinding(frame: Frame, user: string): Finding {
  const [severity, ...need] = frame.fields.map((_, index) => text(frame, index));
  return {
    severity: severity === 'warning' ? 'warning' : 'missing',
    kind: need[0] ?? '',
    what: needText(need),
    mend: needMend(need).replaceAll('USER', user),
  };
}

export function releaseName(frame: Frame, index: number): string | undefined {
  const name = text(frame, index);
  return isReleaseName(name) ? name : undefined;
}
