import { SlipwayError } from '../base/errors.ts';
import { instanceOf, plannedInstance, type RolloutContext } from './context.ts';
import { lookAt } from './look.ts';
import { changeInstance, type Change, type Outcome } from './updating.ts';

/** What a run has done so far: the memory of the engine, from which it knows what there is to go back from. */
export interface Run {
  /** Instances that were switched to the plan's release and stand, in the order of their change. */
  readonly updated: string[];
  /** Instances that are gone for good. */
  readonly retired: string[];
  /** Instances that failed and could not be brought back: a person has to look. */
  readonly broken: Map<string, string>;
  /** Of the broken ones, those that nobody knows anything of: whose host is away, or whose worker is silent. */
  readonly unknown: Map<string, 'host' | 'worker'>;
  /** Instances that failed and run what ran before. */
  readonly failed: Map<string, string>;
  /** Hosts on which the rest is left undone, by a person's word: their failures do not count any more. */
  readonly skipped: Map<string, string>;
  readonly turns: Map<string, number>;
  /** A person's word for the gate that comes next. */
  approval: Approval | undefined;
  /** A person's word for all gates, bakes and analyses that are left. */
  fullApproval: Approval | undefined;
  /** Roles whose traffic was switched, and when. */
  readonly switched: Map<string, number>;
}

export interface Approval {
  /** `ana@laptop` */
  readonly by: string;
  readonly why: string;
}

export function createRun(already: readonly string[]): Run {
  return {
    updated: [...already],
    retired: [],
    broken: new Map(),
    unknown: new Map(),
    failed: new Map(),
    skipped: new Map(),
    turns: new Map(),
    approval: undefined,
    fullApproval: undefined,
    switched: new Map(),
  };
}

/** How far a run has come: nothing was touched, what was touched is back, or something stands changed. */
export function reach(run: Run): 'nothing' | 'back' | 'changed' {
  if (run.updated.length + run.retired.length + run.broken.size > 0) return 'changed';
  return run.failed.size > 0 ? 'back' : 'nothing';
}

/** Nothing more is to be done with it, unless a person says so. */
export function isSettled(context: RolloutContext, run: Run, id: string): boolean {
  // what an earlier rollout has updated is only in a step when it does not stand
  const isThrough = run.turns.has(id) && (run.updated.includes(id) || run.retired.includes(id));
  return isThrough || run.failed.has(id) || run.broken.has(id) || isSkipped(context, run, id);
}

export function isSkipped(context: RolloutContext, run: Run, id: string): boolean {
  return run.skipped.has(instanceOf(context, id).host);
}

/** Failures that count, with their reasons. */
export function failuresOf(context: RolloutContext, run: Run): ReadonlyMap<string, string> {
  return new Map([...run.failed, ...run.broken].filter(([id]) => !isSkipped(context, run, id)));
}

/**
 * Of instances that wait for their turn, those that may be changed together now: what is out already, since it costs nothing;
 * else as many of the first one's role as may be out beside those that are. Of a host that is away nobody knows what is out.
 */
export function nextBatch(context: RolloutContext, run: Run, waiting: readonly string[]): readonly string[] {
  const { maxUnavailable } = context.plan.policy;
  const first = waiting[0];
  if (first === undefined) return [];
  const { role } = instanceOf(context, first);
  const ofRole = waiting.filter((id) => instanceOf(context, id).role === role);
  // what has slots idles while it is changed
  if (instanceOf(context, first).slot !== undefined) return ofRole;
  const isOut = (id: string) => run.broken.has(id) && run.unknown.get(id) !== 'host';
  const free = ofRole.filter((id) => isOut(id) || servesNobody(context, id));
  if (free.length > 0) return free;
  const out = [...run.broken.keys()].filter((id) => isOut(id) && instanceOf(context, id).role === role).length;
  return ofRole.slice(0, Math.max(0, (maxUnavailable[role] ?? 1) - out));
}

/** It never ran before this rollout, or nobody wants it any more. */
function servesNobody(context: RolloutContext, id: string): boolean {
  const { from, change } = plannedInstance(context, id);
  return from === undefined || change === 'retire';
}

/** Switches an instance to the plan's release, or retires it. */
export async function forward(context: RolloutContext, run: Run, instance: string): Promise<Outcome> {
  const { change, from, back: way } = plannedInstance(context, instance);
  const to = change === 'retire' ? undefined : context.plan.release.id;
  const outcome = await step(context, run, { instance, expected: from, to, back: way });
  [run.failed, run.broken, run.unknown].forEach((kept) => kept.delete(instance));
  forget(run, instance);
  switch (outcome.type) {
    case 'updated':
      run.updated.push(instance);
      break;
    case 'retired':
      run.retired.push(instance);
      break;
    case 'reverted':
    case 'failed':
      run.failed.set(instance, outcome.reason);
      break;
    case 'stuck':
    case 'unknown':
      breaks(context, run, { instance, outcome });
      break;
    case 'superseded':
    case 'left':
      break;
  }
  return outcome;
}

/** Brings an updated, broken or retired instance back to what it ran before; one that ran nothing is retired. */
export async function back(context: RolloutContext, run: Run, instance: string): Promise<Outcome> {
  const { back: to } = plannedInstance(context, instance);
  // what failed is no place to go back to when the way back fails
  const outcome = await step(context, run, { instance, expected: context.plan.release.id, to, back: to });
  if (outcome.type === 'left' || outcome.type === 'superseded') return outcome;
  forget(run, instance);
  run.broken.delete(instance);
  run.unknown.delete(instance);
  if (outcome.type !== 'updated' && outcome.type !== 'retired') breaks(context, run, { instance, outcome });
  return outcome;
}

function forget({ updated, retired }: Run, instance: string): void {
  for (const ids of [updated, retired]) ids.splice(0, ids.length, ...ids.filter((one) => one !== instance));
}

interface Broken {
  readonly instance: string;
  readonly outcome: Extract<Outcome, { readonly reason: string }>;
}

function breaks({ events }: RolloutContext, run: Run, { instance, outcome }: Broken): void {
  const { reason } = outcome;
  run.broken.set(instance, reason);
  if (outcome.type !== 'unknown') return;
  run.unknown.set(instance, outcome.cause);
  // the worker has said what it could; of a host that is away only we can tell
  if (outcome.cause === 'host')
    events.emit({ type: 'instance.state', instance, state: 'unreachable', release: undefined, reason });
}

interface Aim {
  readonly instance: string;
  /** What the link points at if all went as planned. */
  readonly expected: string | undefined;
  readonly to: string | undefined;
  readonly back: string | undefined;
}

/** One change. After the first one of an instance its link may be anywhere: it is read before it is changed again. */
async function step(context: RolloutContext, run: Run, { instance, expected, to, back: way }: Aim): Promise<Outcome> {
  const turn = run.turns.get(instance) ?? 0;
  run.turns.set(instance, turn + 1);
  const act = to === undefined ? 'retire' : 'update';
  const change = (from: string | undefined): Change => ({ instance, act, to, from, back: way, turn });
  if (turn === 0 || run.updated.includes(instance)) return changeInstance(context, change(expected));
  try {
    const settings = instanceOf(context, instance);
    const current = (await lookAt(context, settings.host, [settings]))[0]?.current;
    // nothing is there, and nothing is wanted
    if (current === undefined && to === undefined) return { type: 'retired' };
    return await changeInstance(context, change(current));
  } catch (thrown) {
    if (!(thrown instanceof SlipwayError)) throw thrown;
    return { type: 'unknown', cause: 'host', reason: thrown.message };
  }
}
