import { SlipwayError } from '../base/errors.ts';
import { formatDuration } from '../base/duration.ts';
import { instanceVariables } from '../host/instance-variables.ts';
import type { Variables } from '../host/request.ts';
import type { InstanceHooks, WorkerFrame } from '../host/verbs.ts';
import { environmentText } from '../service/environment.ts';
import { serviceLine } from '../service/leftover.ts';
import { isAway, isLost } from '../host/away.ts';
import { hostOf, instanceOf, type RolloutContext } from './context.ts';
import type { Proof } from './events.ts';
import { isSuperseded } from './superseded.ts';
import { workerEvent } from './worker-events.ts';

/** What is to become of one instance. */
export interface Change {
  readonly instance: string;
  readonly act: 'update' | 'retire';
  /** The release to switch to; undefined when it is retired. */
  readonly to: string | undefined;
  /** What its link must point at now: anything else means that somebody else was here. */
  readonly from: string | undefined;
  /** What the worker goes back to by itself; undefined: to nothing. */
  readonly back: string | undefined;
  /** How often this rollout has changed this instance before: each change has a frames file of its own. */
  readonly turn: number;
}

export type Outcome =
  | { readonly type: 'updated'; readonly proof: Proof }
  | { readonly type: 'retired' }
  /** It runs what ran before. */
  | { readonly type: 'reverted'; readonly reason: string }
  /** Nothing ran before and nothing runs now, or nothing was changed. */
  | { readonly type: 'failed'; readonly reason: string }
  /** Neither the new nor the old release came up. */
  | { readonly type: 'stuck'; readonly reason: string }
  /** The host cannot be reached, or the worker died: nobody knows. */
  | { readonly type: 'unknown'; readonly reason: string; readonly cause: 'host' | 'worker' }
  /** The stage was taken over: nothing more was done, and what stands is for others to judge. */
  | { readonly type: 'superseded'; readonly instance: string }
  /** We stopped looking; the worker goes on. */
  | { readonly type: 'left' };

/** Starts the worker of one instance and follows it to its last word, over as many connections as it takes. */
export async function changeInstance(context: RolloutContext, change: Change): Promise<Outcome> {
  const over = new AbortController();
  const last: Last = { moved: context.clock.now() };
  try {
    return await Promise.race([
      watch(context, change, { over: over.signal, last }),
      heed(context, change, over.signal),
      deadline(context, { over: over.signal, last }),
    ]);
  } finally {
    over.abort();
  }
}

/** Heeds what people ask meanwhile: leaving ends the watch at once; abort and roll back tell the worker to go back. */
async function heed({ controls, ...rest }: RolloutContext, change: Change, over: AbortSignal): Promise<Outcome> {
  for (let told = false; !over.aborted;) {
    const urgent = controls.urgent();
    if (urgent === 'leave') break;
    if (urgent !== undefined && !told) void stopWaiting({ controls, ...rest }, change);
    told ||= urgent !== undefined;
    await controls.next();
  }
  return { type: 'left' };
}

/** What is known of a worker. */
interface Last {
  /** When it came to another state. */
  moved: number;
  outcome?: Outcome | undefined;
}

interface Watching {
  readonly last: Last;
  readonly over: AbortSignal;
}

/** The worker's own deadlines speak first; this one is for commands that hang. Each new state is progress. */
async function deadline({ clock, plan }: RolloutContext, { last, over }: Watching): Promise<Outcome> {
  const ms = plan.policy.progressDeadlineMs;
  for (let left = ms; left > 0 && !over.aborted; left = last.moved + ms - clock.now()) {
    // nobody looks at the answer once it is over
    await clock.sleep(left, over).catch(() => undefined);
  }
  return {
    type: 'unknown',
    cause: 'worker',
    reason: `no progress within the progress deadline (${formatDuration(ms)})`,
  };
}

/** Abort and roll back do not wait for health: the worker goes back at its next look. */
async function stopWaiting(context: RolloutContext, { instance, turn }: Change): Promise<void> {
  const { host, name } = instanceOf(context, instance);
  await hostOf(context, host)
    .cancel({ rollout: context.id, instance: name, turn })
    .catch(() => undefined);
}

/** Until it is over: who has left must not be held up by a connection that is made anew. */
async function watch(context: RolloutContext, change: Change, { over, last }: Watching): Promise<Outcome> {
  const { host: hostName, name } = instanceOf(context, change.instance);
  const host = hostOf(context, hostName);
  const onFrame = (frame: WorkerFrame) => {
    if (over.aborted) return;
    const event = workerEvent(context, change.instance, frame);
    if (event) context.events.add(event);
    if (frame.kind === 'state') last.moved = context.clock.now();
    last.outcome ??= outcomeOf(change.instance, frame);
  };
  try {
    await host.activate({
      rollout: context.id,
      instance: name,
      turn: change.turn,
      task: taskOf(context, change),
      hooks: hooksOf(context, change),
      where: isMereSwitch(context, change) ? 'here' : 'detached',
      onFrame,
    });
    return last.outcome ?? { type: 'unknown', cause: 'worker', reason: 'the update ended without a word' };
  } catch (thrown) {
    if (last.outcome) return last.outcome;
    if (over.aborted) return { type: 'left' };
    if (isLost(thrown)) {
      context.events.emit({ type: 'host.lost', host: hostName, reason: thrown.message });
      return refollow(context, change, { onFrame, last, over });
    }
    if (isSuperseded(thrown)) return { type: 'superseded', instance: change.instance };
    // it was never reached, so nothing has been begun there
    if (isAway(thrown)) return { type: 'unknown', cause: 'host', reason: thrown.message };
    if (thrown instanceof SlipwayError) return { type: 'unknown', cause: 'worker', reason: thrown.message };
    throw thrown;
  }
}

/** Nothing is stopped, started or waited for: it is over before anybody could leave. */
function isMereSwitch(context: RolloutContext, change: Change): boolean {
  const { service, health } = instanceOf(context, change.instance);
  const { beforeSwitch, afterSwitch } = hooksOf(context, change);
  const isQuick = service.type === 'files' && health.probe.type === 'running' && health.minHealthyMs === 0;
  return isQuick && beforeSwitch.length + afterSwitch.length === 0;
}

/** What is retired is not switched. */
function hooksOf({ settings }: RolloutContext, { act }: Change): InstanceHooks {
  return act === 'retire' ? { ...settings.hooks, beforeSwitch: [], afterSwitch: [] } : settings.hooks;
}

interface Following extends Watching {
  readonly onFrame: (frame: WorkerFrame) => void;
}

/** Between two attempts to reach a host that was lost. */
export const BACKOFF_MS = [500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000];

/** The worker lives on without us: connect again and read its frames from the first; doubles are dropped by number. */
async function refollow(context: RolloutContext, change: Change, { onFrame, last, over }: Following): Promise<Outcome> {
  const { host: hostName, name } = instanceOf(context, change.instance);
  const host = hostOf(context, hostName);
  let reason = 'the connection was lost';
  for (const ms of BACKOFF_MS) {
    // nobody looks at the answer once it is over
    await context.clock.sleep(ms, over).catch(() => undefined);
    if (over.aborted) return { type: 'left' };
    try {
      await host.follow({ rollout: context.id, instance: name, turn: change.turn, onFrame });
      if (last.outcome) return last.outcome;
    } catch (thrown) {
      if (last.outcome) return last.outcome;
      if (!(thrown instanceof SlipwayError)) throw thrown;
      if (thrown.code === 'SLIP_ABSENT') return { type: 'failed', reason: 'the update was never started' };
      reason = thrown.message;
    }
  }
  return { type: 'unknown', cause: 'host', reason };
}

function outcomeOf(instance: string, { kind, fields: [outcome = '', reason = ''] }: WorkerFrame): Outcome | undefined {
  if (kind === 'gone')
    return { type: 'unknown', cause: 'worker', reason: 'the update on the host ended without a word' };
  if (kind !== 'end') return undefined;
  switch (outcome) {
    case 'updated':
      return { type: 'updated', proof: reason === 'proven' ? 'proven' : 'unproven' };
    case 'retired':
      return { type: 'retired' };
    case 'reverted':
    case 'stuck':
    case 'failed':
      return { type: outcome, reason };
    case 'superseded':
      return { type: 'superseded', instance };
    case 'cancelled':
      return { type: 'failed', reason };
    default:
      return { type: 'unknown', cause: 'worker', reason };
  }
}

function taskOf(context: RolloutContext, { instance: id, act, to, from, back, turn }: Change): Variables {
  const instance = instanceOf(context, id);
  const { settings, plan } = context;
  const facts = { stage: settings.stage, instance, previous: undefined };
  const revisionOf = (release: string) => (release === plan.release.id ? plan.release.revision : undefined);
  const envOf = (release: string | undefined, previous: string | undefined) =>
    release === undefined ? '' : environmentText({ ...facts, release, previous, revision: revisionOf(release) });
  return {
    ...instanceVariables(instance),
    act,
    release: to ?? '',
    expect: from ?? '',
    back: back ?? '',
    env: envOf(to, from),
    env_old: envOf(back, undefined),
    service_line: serviceLine(instance.service),
    // numbers go on where the last change ended, so that no event is taken for a double
    seq0: turn * 1_000_000,
    path_prefix: settings.hosts.find((host) => host.name === instance.host)?.path.join(':') ?? '',
  };
}
