import { randomBytes } from 'node:crypto';
import { SlipwayError } from '../base/errors.ts';
import { list } from '../base/text.ts';
import { createThrottle } from '../base/throttle.ts';
import type { InstanceSettings } from '../config/settings.ts';
import { type HostState, wasGood } from '../host/state.ts';
import { createControls } from './controls.ts';
import type { RolloutContext } from './context.ts';
import { createEventStream, type EventStream } from './event-stream.ts';
import { holdForward } from './irreversible.ts';
import { mergeReleases } from './fleet.ts';
import { createJournal } from './journal.ts';
import { thisOwner } from './owner.ts';
import type { Prepared } from './prepared.ts';
import { runRollout } from './runner.ts';
import type { Intent, RolloutOutcome, RunningRollout } from './session.ts';
import { type Reading, readHost, type Stage, toldTraffic } from './stage.ts';

/** Runs a prepared rollout. Its end is an outcome, also when it could not begin. */
export function startRollout(
  stage: Stage,
  prepared: Prepared,
  { whenPaused }: { readonly whenPaused: 'wait' | 'end' },
): RunningRollout {
  const { settings, clock, clients } = stage;
  const id = rolloutId(clock.now());
  const events = createEventStream(id, clock);
  const controls = holdForward(createControls(settings.stage), prepared.plan);
  const context: RolloutContext = {
    id,
    plan: prepared.plan,
    settings,
    instances: byId(settings.instances),
    hosts: prepared.hosts.map((host) => clients.get(host)!),
    clockOffsets: new Map(prepared.readings.map(({ state, clockOffset }) => [state.host, clockOffset])),
    delivery: prepared.delivery,
    owner: thisOwner({ rollout: id, why: prepared.why, now: clock.now() }),
    events,
    journal: createJournal(clock),
    controls,
    clock,
    whenPaused,
    already: prepared.already ?? [],
    leaves: (prepared.leaves ?? []).map((host) => clients.get(host)!),
    decided: prepared.decided,
    takeover: prepared.takes === undefined ? {} : { takes: prepared.takes },
    seen: new Map(prepared.readings.flatMap(({ state }) => (atRest(state) ? [[state.host, state.last ?? '']] : []))),
    good: new Set(goodOf(prepared.readings)),
    early: new Map(),
    uplink: createThrottle(settings.rollout.bwlimit, clock),
    replan: async (said) => {
      const { plan, ledger, leftovers } = prepared.replan(await readQuiet(stage, prepared, { said, events }));
      return { plan, ledger, instances: byId([...settings.instances, ...leftovers]) };
    },
  };
  const finished = runRollout(context)
    .catch((thrown: unknown): RolloutOutcome => {
      if (!(thrown instanceof SlipwayError)) throw thrown;
      controls.close('the rollout is over');
      events.emit({ type: 'rollout.finished', phase: 'Aborted', reason: thrown.message, exitCode: thrown.exitCode });
      return { exitCode: thrown.exitCode, message: thrown.message, next: thrown.mend, error: thrown };
    })
    .finally(() => prepared.delivery.dispose());
  const send = (intent: Intent) => controls.send(intent, context.owner.who);
  return { id, subscribe: (listener) => events.subscribe(listener), send, finished };
}

function goodOf(readings: readonly Reading[]): readonly string[] {
  const releases = mergeReleases(readings.map(({ state }) => state));
  return releases.filter(({ status }) => wasGood(status)).map(({ id }) => id);
}

function atRest({ lock, instances }: HostState): boolean {
  return lock === undefined && instances.every((instance) => instance.busy === undefined);
}

function byId(instances: readonly InstanceSettings[]): ReadonlyMap<string, InstanceSettings> {
  return new Map(instances.map((instance) => [instance.id, instance]));
}

const BUSY_TRIES = 90;

/**
 * Reads the hosts once no update of an earlier rollout is at work any more: it notices that its lock is gone at its next
 * look, and ends by itself.
 */
async function readQuiet(
  stage: Stage,
  { hosts, readings: earlier }: Prepared,
  { said, events }: { readonly said: readonly HostState[]; readonly events: EventStream },
): Promise<readonly Reading[]> {
  const heard = (host: string): Reading | undefined => {
    const [before, state] = [earlier.find((one) => one.state.host === host), said.find((one) => one.host === host)];
    return before && { ...before, state: state ?? before.state };
  };
  for (let attempt = 1; ; attempt += 1) {
    const known = attempt === 1 ? heard : () => undefined;
    const readings = await Promise.all(
      hosts.map(async (host) => known(host) ?? readHost(stage, host, { depth: 'look' })),
    );
    const busy = readings.flatMap(({ state }) => state.instances.filter((one) => one.busy !== undefined));
    if (busy.length === 0 || attempt === BUSY_TRIES) return toldTraffic(stage, readings);
    if (attempt === 1) {
      const ids = list(busy.map((one) => one.id));
      events.emit({ type: 'warning', message: `Waiting until the update of ${ids} that was left at work has ended.` });
    }
    await stage.clock.sleep(1000);
  }
}

/** Sorts by time, and is told apart from one that another laptop starts in the same second. */
function rolloutId(now: number): string {
  return `${new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')}-${randomBytes(3).toString('hex')}`;
}
