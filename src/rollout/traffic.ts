import { RemoteError, SlipwayError } from '../base/errors.ts';
import { formatDuration } from '../base/duration.ts';
import { list } from '../base/text.ts';
import type { ProxySettings, Slot } from '../config/settings.ts';
import type { ServerState } from '../host/state.ts';
import type { TrafficAnswer, TrafficOptions } from '../host/verbs.ts';
import { isAway, isLost } from '../host/away.ts';
import { hostOf, instanceOf, plannedInstance, type RolloutContext } from './context.ts';
import type { Step } from './plan.ts';
import { back, type Run } from './run.ts';
import { otherSlot } from './slots.ts';
import { onFailure, type StepResult, urgentResult, watchBake } from './steps.ts';

/** What the engine asks of a proxy, whatever kind it is: the host script has an adapter for each (35-traffic.sh). */
export interface TrafficAdapter {
  /** What it says of its servers. */
  read(): Promise<readonly ServerState[]>;
  /** Servers take traffic, then others lose it; nothing is changed before enough of the first are up. Safe to repeat. */
  shift(shift: Shift): Promise<TrafficAnswer>;
}

export type Shift = Pick<TrafficOptions, 'ready' | 'drain' | 'enough'>;

function adapterOf(context: RolloutContext, proxy: ProxySettings): TrafficAdapter {
  const shift = (asked: Shift) => hostOf(context, proxy.host).traffic({ rollout: context.id, proxy, ...asked });
  return { shift, read: async () => (await shift({ ready: [], drain: [], enough: 'all' })).servers };
}

type SwitchStep = Extract<Step, { type: 'switchTraffic' }>;

/** All proxies of a role at once. Where one fails, the others go back: a role has one slot that takes its traffic. */
export async function switchTraffic(context: RolloutContext, run: Run, { role, to }: SwitchStep): Promise<StepResult> {
  const failures = await move(context, { role, to, enough: 'all' });
  if (failures.length === 0) {
    run.switched.set(role, context.clock.now());
    // what was ready before the rollout is part of it now: watched, and stopped should it go back
    const slot = context.plan.instances.filter(({ instance }) => isIn(context, instance, { role, slot: to }));
    run.updated.push(...slot.map(({ instance }) => instance).filter((id) => !run.updated.includes(id)));
    return { type: 'done' };
  }
  const from = context.plan.slots?.find((one) => one.role === role)?.from;
  // whoever has stopped it waits for no proxy: each is told once
  if (from !== undefined) await move(context, { role, to: from, enough: 'one' });
  return urgentResult(context) ?? troubleResult(context, failures);
}

/** Those on hosts that take part: hosts.json may have more by now than the rollout that is gone on with. */
function proxiesOf({ settings, hosts }: RolloutContext): readonly ProxySettings[] {
  return settings.proxies.filter((proxy) => hosts.some(({ host }) => host === proxy.host));
}

function isIn(context: RolloutContext, id: string, { role, slot }: { readonly role: string; readonly slot: Slot }) {
  const instance = instanceOf(context, id);
  return instance.role === role && instance.slot === slot;
}

interface Move {
  readonly role: string;
  readonly to: Slot;
  /** How many servers of the slot have to be up: of one that is fled to, any. */
  readonly enough: Shift['enough'];
}

async function move(context: RolloutContext, { role, ...way }: Move): Promise<readonly SlipwayError[]> {
  return eachOf(
    proxiesOf(context).filter((proxy) => proxy.role === role),
    (proxy) => moveOn(context, proxy, way),
  );
}

/** All at once; what has failed. */
async function eachOf<T>(items: readonly T[], act: (item: T) => Promise<unknown>): Promise<readonly SlipwayError[]> {
  const ends = await Promise.allSettled(items.map(act));
  return ends.flatMap((end) => {
    if (end.status === 'fulfilled') return [];
    if (!(end.reason instanceof SlipwayError)) throw end.reason;
    return [end.reason];
  });
}

/** How long a proxy may take to see by its own checks what has been seen healthy already. */
const UP_MS = 30_000;
/** What is under way in a slot that lost its traffic may take so long to end. */
const QUIET_MS = 30_000;
const LOOK_MS = 500;

async function moveOn(context: RolloutContext, proxy: ProxySettings, way: Omit<Move, 'role'>): Promise<void> {
  const { events } = context;
  const { host, role } = proxy;
  const of = (slot: Slot) => proxy.servers.filter((one) => one.slot === slot).map(({ server }) => server);
  const shift: Shift = { ready: of(way.to), drain: of(otherSlot(way.to)), enough: way.enough };
  const left = await untilTold(context, UP_MS, async () => {
    const { shifted, servers } = await adapterOf(context, proxy).shift(shift);
    if (shifted === 'yes') return [];
    const isUp = (name: string) => servers.some(({ server, up }) => up && server === name);
    const down = shift.ready.filter((name) => !isUp(name));
    // they have come up since they were counted
    return down.length > 0 ? down : shift.ready;
  });
  if (left.length > 0) throw notUp(proxy, left);
  events.emit({ type: 'traffic.switched', host, role, to: way.to });
}

function notUp({ host, backend }: ProxySettings, down: readonly string[]): RemoteError {
  const names = list(down.map((server) => `${backend}/${server}`));
  return new RemoteError({
    code: 'SLIP_TRAFFIC',
    host,
    message: `${host}: HAProxy has not seen ${names} up within ${formatDuration(UP_MS)}, though healthy by our probes.`,
    mend: 'Compare the address and the check of those servers in haproxy.cfg with the ports of the slot.',
  });
}

/**
 * Asks again until there is nothing left to wait for, the time is up, or somebody wants something urgent; answers with what is
 * left. A host that is away is asked again, too: what it is told may be told twice.
 */
async function untilTold(
  { clock, controls }: RolloutContext,
  ms: number,
  look: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
  for (const until = clock.now() + ms; ;) {
    const isOver = () => clock.now() >= until || controls.signal().aborted;
    try {
      const left = await look();
      if (left.length === 0 || isOver()) return left;
    } catch (thrown) {
      if (isOver() || !(isAway(thrown) || isLost(thrown))) throw thrown;
    }
    await clock.sleep(LOOK_MS, controls.signal()).catch(() => undefined);
  }
}

/**
 * Before instances of a slot are changed or stopped: they get no traffic, and what is under way there has time to end.
 * Undefined when that is so.
 */
export async function takeOut(context: RolloutContext, instances: readonly string[]): Promise<StepResult | undefined> {
  const failures = await drain(context, instances);
  return failures.length === 0 ? undefined : (urgentResult(context) ?? troubleResult(context, failures));
}

async function drain(context: RolloutContext, instances: readonly string[]): Promise<readonly SlipwayError[]> {
  const behind = proxiesOf(context).flatMap((proxy) => {
    const servers = proxy.servers.filter(({ instance }) => instances.includes(instance)).map(({ server }) => server);
    return servers.length > 0 ? [{ proxy, servers }] : [];
  });
  return eachOf(behind, async ({ proxy, servers: out }) => {
    const busy = await untilTold(context, QUIET_MS, async () => {
      const { servers } = await adapterOf(context, proxy).shift({ ready: [], drain: out, enough: 'all' });
      return servers.filter(({ server, sessions }) => out.includes(server) && sessions > 0).map(({ server }) => server);
    });
    if (busy.length === 0) return;
    const message = `Requests are still under way at ${list(busy)}.`;
    context.events.emit({ type: 'warning', host: proxy.host, message });
  });
}

function troubleResult({ plan }: RolloutContext, failures: readonly SlipwayError[]): StepResult {
  const reason = list(failures.map(({ message }) => message));
  if (failures.some((one) => isAway(one) || isLost(one)))
    return { type: 'pause', reasons: ['hostUnreachable'], reason };
  // a rollback is never rolled back
  return onFailure(plan.kind === 'rollback' ? 'pause' : plan.policy.onFailure, reason);
}

/**
 * Before updated instances go back: the slot that had the traffic takes it again, started anew only where it was retired, and
 * theirs gets none any more. Undefined when that is so, else why not: then nothing is stopped.
 */
export async function flipBack(context: RolloutContext, run: Run): Promise<string | undefined> {
  for (const { role, from, to } of context.plan.slots ?? []) {
    const mine = run.updated.filter((id) => isIn(context, id, { role, slot: to }));
    if (from === undefined && mine.some((id) => plannedInstance(context, id).back !== undefined)) {
      return `the slot of ${role} that had the traffic before is gone`;
    }
    const isTouched = mine.length > 0 || run.switched.has(role);
    if (from === undefined || !isTouched || !(await takesTraffic(context, role, to))) continue;
    const gone = run.retired.filter((id) => isIn(context, id, { role, slot: from }));
    await Promise.all(gone.map((id) => back(context, run, id)));
    const [failure] = await move(context, { role, to: from, enough: 'one' });
    if (failure) return failure.message;
  }
  const [failure] = await drain(context, run.updated);
  return failure?.message;
}

/** Unknown counts as yes: being told twice does no harm. */
async function takesTraffic(context: RolloutContext, role: string, slot: Slot): Promise<boolean> {
  const proxies = proxiesOf(context).filter((proxy) => proxy.role === role);
  const takes = proxies.map(async (proxy) => {
    const own = new Set(proxy.servers.filter((one) => one.slot === slot).map(({ server }) => server));
    const servers = await adapterOf(context, proxy).read();
    return servers.some(({ server, wanted }) => own.has(server) && wanted === 'ready');
  });
  const told = await Promise.allSettled(takes);
  return told.some((one) => one.status === 'rejected' || one.value);
}

type WarmStep = Extract<Step, { type: 'keepWarm' }>;

/** Counted from the switch; the slot that has taken over is watched as long as there is a way back that restarts nothing. */
export async function keepWarm(context: RolloutContext, run: Run, { role, ms }: WarmStep): Promise<StepResult> {
  const since = run.switched.get(role) ?? context.clock.now();
  run.switched.set(role, since);
  const left = since + ms - context.clock.now();
  return left > 0 ? watchBake(context, run, { ms: left }) : { type: 'done' };
}
