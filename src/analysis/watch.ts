import type { AnalysisSettings } from '../config/settings-analysis.ts';
import type { Comparison, Track } from './finding.ts';
import type { Sample } from './sample.ts';
import { alarm, hasSettled, judge, type Look, type Looking } from './verdict.ts';

/** Canaries of one role and what they are compared with. */
export interface RoleWatched {
  readonly role: string;
  readonly canaries: readonly string[];
  /** Instances that were not updated yet; those that turn out to be unfit are left out. */
  readonly baselines: readonly string[];
  readonly against: Looking['against'];
}

/** What is watched, from when to when (ms since 1970), and how it is judged. */
export interface Watched {
  readonly began: number;
  readonly until: number;
  /** From then on a good look is the last one; undefined: never. */
  readonly stableFrom: number | undefined;
  readonly release: string;
  readonly sampleEveryMs: number;
  readonly roles: readonly RoleWatched[];
}

export interface Judged {
  readonly role: string;
  readonly canaries: readonly string[];
  /** Those that it was compared with. */
  readonly baselines: readonly string[];
  readonly look: Look;
}

/** Samples in, looks out. It has no clock: whoever drives it says what time it is, so a past rollout can be judged again. */
export interface Watch {
  take(samples: readonly Sample[], now: number): void;
  /** When the next look is due. */
  nextLook(): number;
  /** A look at every role. */
  look(now: number): readonly Judged[];
  /** Roles of which something is so bad, or so unknown, that it does not wait for a look. */
  alarms(now: number): readonly Judged[];
  /** Whether errors in the logs of the new instances are as rare as in those of the others. */
  hasSettled(now: number): boolean;
}

/** More samples of an instance than these are never kept, here or in the journal: two hours at ten seconds. */
const MOST_SAMPLES = 720;

/** A long watch samples and looks less often, so that one of any length has a bounded record. */
export function paced(settings: AnalysisSettings, ms: number): AnalysisSettings {
  const slower = Math.max(1, ms / (MOST_SAMPLES * settings.sampleEveryMs));
  const every = (pace: number) => Math.ceil(pace * slower);
  return { ...settings, sampleEveryMs: every(settings.sampleEveryMs), lookEveryMs: every(settings.lookEveryMs) };
}

export function createWatch(watched: Watched, settings: AnalysisSettings): Watch {
  const tracks = new Map<string, Sample[]>();
  const heard = new Map<string, number>();
  const before = new Map<string, Look>();
  const { began, until, stableFrom } = watched;
  let due = Math.min(until, began + settings.warmupMs + settings.lookEveryMs);
  const lookingAt = (role: RoleWatched, now: number): Looking => ({
    comparison: comparisonOf(tracks, role, watched),
    planned: { release: watched.release },
    ...{ settings, began, against: role.against, before: before.get(role.role) },
    turn: now >= until ? 'last' : 'between',
    missed: Math.max(...role.canaries.map((id) => missedSince(heard.get(id) ?? began, now, watched))),
  });
  return {
    take: (samples, now) => {
      for (const sample of samples) {
        const track = tracks.get(sample.instance) ?? [];
        tracks.set(sample.instance, track);
        heard.set(sample.instance, now);
        if (track.push(sample) > MOST_SAMPLES) track.shift();
      }
    },
    nextLook: () => due,
    look: (now) => {
      while (due <= now && due < until) due = Math.min(until, due + settings.lookEveryMs);
      return watched.roles.map((role) => {
        const looking = lookingAt(role, now);
        const early = stableFrom !== undefined && now >= stableFrom ? judge({ ...looking, turn: 'last' }) : undefined;
        const look = early?.verdict === 'Successful' ? early : judge(looking);
        before.set(role.role, look);
        return judged(looking, role, look);
      });
    },
    alarms: (now) =>
      watched.roles.flatMap((role) => {
        const looking = lookingAt(role, now);
        const look = alarm(looking);
        return look ? [judged(looking, role, look)] : [];
      }),
    hasSettled: (now) => watched.roles.every((role) => hasSettled(lookingAt(role, now), now)),
  };
}

const ORDER = ['Failed', 'Error', 'Running', 'Inconclusive', 'Successful'] as const;

/** The worst verdict of several roles decides; as long as one is still watched, none is done. */
export function worst(all: readonly Judged[]): Judged {
  const rank = ({ look }: Judged) => ORDER.indexOf(look.verdict);
  return all.reduce((first, next) => (rank(next) < rank(first) ? next : first));
}

function judged({ comparison }: Looking, { role, canaries }: RoleWatched, look: Look): Judged {
  return { role, canaries, baselines: comparison.baselines.map(({ instance }) => instance), look };
}

function comparisonOf(
  tracks: ReadonlyMap<string, readonly Sample[]>,
  { canaries, baselines }: RoleWatched,
  watched: Watched,
): Comparison {
  const track = (instance: string): Track => ({ instance, samples: tracks.get(instance) ?? [] });
  const own = canaries.map(track);
  const newest = Math.max(...own.map(({ samples }) => samples.at(-1)?.t ?? watched.began));
  return { canaries: own, baselines: baselines.map(track).filter((one) => isFit(one, newest, watched)) };
}

const LAGGING_SAMPLES = 5;

/** It was healthy when it was seen first, it still is seen, and it does not run the new release. */
function isFit({ samples }: Track, newest: number, { release, sampleEveryMs }: Watched): boolean {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) return false;
  const { status } = first.service;
  const isHealthy = (status === 'running' || status === 'none') && first.probes.some(({ healthy }) => healthy);
  return isHealthy && last.release !== release && newest - last.t <= LAGGING_SAMPLES * sampleEveryMs;
}

/** By when samples came, not by the clocks of hosts. */
function missedSince(heard: number, now: number, { sampleEveryMs }: Watched): number {
  return Math.max(0, Math.floor((now - heard) / sampleEveryMs));
}
