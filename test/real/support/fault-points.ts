import type { Line } from './slipway.ts';

/** A moment of a rollout, told by what `--json` says. */
export interface Point {
  /** For the name of the test. */
  readonly at: string;
  readonly is: (line: Line) => boolean;
  /** Which of them, when it is not the first. */
  readonly nth?: number;
}

/** Where slipway is killed. */
export interface Fault extends Point {
  /** What it was doing. `failing`: a deploy that goes back by itself; `shrinking`: one that retires an instance. */
  readonly during: 'deploy' | 'failing' | 'shrinking' | 'rollback' | 'resume';
  /** Not only in the long run. */
  readonly always?: true;
}

type Of<T extends Line['type']> = Extract<Line, { type: T }>;

export function on<T extends Line['type']>(type: T, which: (line: Of<T>) => boolean = () => true): Point['is'] {
  return (line) => line.type === type && which(line as Of<T>);
}

const phase = (name: Of<'rollout.phase'>['phase']) => on('rollout.phase', (line) => line.phase === name);
export const state = (name: Of<'instance.state'>['state']) => on('instance.state', (line) => line.state === name);
const step = (index: number) => on('rollout.step', (line) => line.index === index);

/**
 * Three instances on two hosts, one after the other with a bake after each: stage (1), release hook (2), update and bake
 * (3 to 8), last hook (9).
 */
export const ROLLING: readonly Fault[] = [
  { during: 'deploy', at: 'the plan', is: on('rollout.planned') },
  { during: 'deploy', at: 'its begin', is: on('rollout.started') },
  { during: 'deploy', at: 'the first lock', is: on('lock.taken') },
  { during: 'deploy', at: 'the last lock', is: on('lock.taken'), nth: 2 },
  { during: 'deploy', at: 'staging', is: step(1) },
  { during: 'deploy', at: 'the first connection', is: on('host.connected') },
  { during: 'deploy', at: 'the first bytes', is: on('sync.progress') },
  { during: 'deploy', at: 'more bytes', is: on('sync.progress'), nth: 4 },
  { during: 'deploy', at: 'preparing', is: on('prepare.started') },
  { during: 'deploy', at: 'the end of preparing', is: on('prepare.finished') },
  { during: 'deploy', at: 'the first host that is ready', is: on('host.ready') },
  { during: 'deploy', at: 'the last host that is ready', is: on('host.ready'), nth: 2 },
  { during: 'deploy', at: 'the end of staging', is: phase('Progressing') },
  { during: 'deploy', at: 'the step of the release hook', is: step(2) },
  { during: 'deploy', at: 'the release hook', is: on('hook.started') },
  { during: 'deploy', at: 'what the release hook says', is: on('hook.output') },
  { during: 'deploy', at: 'the end of the release hook', is: on('hook.finished') },
  { during: 'deploy', at: 'the first update', is: step(3) },
  { during: 'deploy', at: 'the first switch', is: state('switched'), always: true },
  { during: 'deploy', at: 'the first start', is: state('starting') },
  { during: 'deploy', at: 'the first health wait', is: state('verifying') },
  { during: 'deploy', at: 'the first probe', is: on('probe.sample') },
  { during: 'deploy', at: 'the second probe', is: on('probe.sample'), nth: 2 },
  { during: 'deploy', at: 'the first that is updated', is: state('updated') },
  { during: 'deploy', at: 'the first bake', is: on('bake.started') },
  { during: 'deploy', at: 'the end of the first bake', is: on('bake.finished') },
  { during: 'deploy', at: 'the second update', is: step(5) },
  { during: 'deploy', at: 'the second switch', is: state('switched'), nth: 2 },
  { during: 'deploy', at: 'the second health wait', is: state('verifying'), nth: 2 },
  { during: 'deploy', at: 'the second that is updated', is: state('updated'), nth: 2 },
  { during: 'deploy', at: 'the second bake', is: on('bake.started'), nth: 2 },
  { during: 'deploy', at: 'the third update', is: step(7) },
  { during: 'deploy', at: 'the third start', is: state('starting'), nth: 3 },
  { during: 'deploy', at: 'the third that is updated', is: state('updated'), nth: 3 },
  { during: 'deploy', at: 'the end of the last bake', is: on('bake.finished'), nth: 3 },
  { during: 'deploy', at: 'the step of the last hook', is: step(9) },
  { during: 'deploy', at: 'the last hook', is: on('hook.started'), nth: 2 },
  { during: 'deploy', at: 'the end of the last hook', is: on('hook.finished'), nth: 2 },
  { during: 'deploy', at: 'the first lock that is released', is: on('lock.released') },
  { during: 'deploy', at: 'the last lock that is released', is: on('lock.released'), nth: 2 },

  { during: 'failing', at: 'the failure', is: state('failed') },
  { during: 'failing', at: 'the way back of the failed one', is: state('reverting'), always: true },
  { during: 'failing', at: 'the failed one that is back', is: state('reverted') },
  { during: 'failing', at: 'rolling back', is: phase('RollingBack') },
  { during: 'failing', at: 'the other that is back', is: state('updated'), nth: 2 },

  { during: 'shrinking', at: 'the step that retires', is: step(9) },
  { during: 'shrinking', at: 'the one that is retired', is: state('retired') },

  { during: 'rollback', at: 'the last lock', is: on('lock.taken'), nth: 2 },
  { during: 'rollback', at: 'the first host that is verified', is: on('host.ready') },
  { during: 'rollback', at: 'the first switch', is: state('switched') },
  { during: 'rollback', at: 'a health wait', is: on('probe.sample'), nth: 2 },
  { during: 'rollback', at: 'the second that is updated', is: state('updated'), nth: 2 },
  { during: 'rollback', at: 'the first lock that is released', is: on('lock.released') },

  { during: 'resume', at: 'the first lock that it takes over', is: on('lock.takenOver') },
  { during: 'resume', at: 'the last host that is ready', is: on('host.ready'), nth: 2 },
  { during: 'resume', at: 'the first switch', is: state('switched'), always: true },
  { during: 'resume', at: 'a bake', is: on('bake.started') },
  { during: 'resume', at: 'the last that is updated', is: state('updated'), nth: 2 },
  { during: 'resume', at: 'the first lock that is released', is: on('lock.released') },
];

/** All three at once: stage (1), release hook (2), update (3), last hook (4). */
export const ALL_AT_ONCE: readonly Fault[] = [
  { during: 'deploy', at: 'the update', is: step(3) },
  { during: 'deploy', at: 'the first switch', is: state('switched') },
  { during: 'deploy', at: 'the last start', is: state('starting'), nth: 3 },
  { during: 'deploy', at: 'the first that is updated', is: state('updated') },
  { during: 'deploy', at: 'the last that is updated', is: state('updated'), nth: 3 },
  { during: 'failing', at: 'the failure', is: state('failed') },
  { during: 'failing', at: 'rolling back', is: phase('RollingBack') },
  { during: 'rollback', at: 'the first switch', is: state('switched') },
];
