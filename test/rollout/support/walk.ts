import type { RolloutEvent } from '../../../src/rollout/events.ts';
import { prepareDeploy } from '../../../src/rollout/plan-deploy.ts';
import { initialState, progress, type RolloutState, whereabouts } from '../../../src/rollout/progress.ts';
import type { Intent, RolloutOutcome, RunningRollout } from '../../../src/rollout/session.ts';
import { startRollout } from '../../../src/rollout/start.ts';
import { isPaused, MOVES, refusal } from '../../../src/rollout/transitions.ts';
import type { Behaviour } from './fake-host.ts';
import type { FakeStage } from './fake-stage.ts';

/** What goes wrong with an instance on the way to the new release, and on the way back. */
export interface Fate {
  readonly there: Behaviour;
  readonly back: Behaviour;
}

/** A rollout of a second release that a test walks through, and what is wrong with it so far. */
export interface Walk {
  readonly stage: FakeStage;
  readonly release: { readonly one: string; readonly two: string };
  readonly rollout: RunningRollout;
  readonly broken: string[];
  state(): RolloutState;
  outcome(): RolloutOutcome | undefined;
  /** Until so many events have come, or nothing happens any more. */
  wait(events: number): Promise<void>;
  ask(intent: Intent): void;
  /** Nothing fails from here on. */
  mend(): void;
  cut(host: string): void;
}

/** Begins the deploy of `two` on a stage that runs `one` everywhere. */
export async function beginWalk(stage: FakeStage, one: string, fates: readonly Fate[]): Promise<Walk> {
  stage.clock.advance(1000);
  await stage.write(`two ${stage.clock.now()}`);
  const broken: string[] = [];
  const prepared = await prepareDeploy(stage.stage, {});
  const two = prepared.plan.release.id;
  const ids = prepared.plan.instances.map(({ instance }) => instance);
  let isMended = false;
  const fateOf = (id: string, to: string): Behaviour => {
    const fate = fates[ids.indexOf(id)];
    return isMended || !fate ? 'healthy' : to === two ? fate.there : fate.back;
  };
  const out = new Set<string>();
  const limit = prepared.plan.policy.maxUnavailable['bot']!;
  for (const host of stage.hosts) {
    const idOf = (instance: string) => `${instance}@${host.host}`;
    host.behave = (instance, to) => fateOf(idOf(instance), to);
    host.onChange = ({ type, instance }) => {
      const id = idOf(instance);
      const to = host.links.get(instance);
      // on its way: it serves nobody until it is through, and no more when it came up on no release
      if (type === 'begins') out.add(id);
      else if (!isStuck(id, to)) out.delete(id);
      if (out.size > limit) broken.push(`${[...out].join(', ')} are out, and ${limit} may be`);
    };
  }
  const aims = new Map<string, string>();
  const isStuck = (id: string, to: string | undefined) => {
    const aim = aims.get(id) ?? to ?? '';
    return fateOf(id, aim) === 'dead';
  };
  for (const host of stage.hosts) {
    const activate = host.activate.bind(host);
    host.activate = (options) => {
      aims.set(`${options.instance}@${host.host}`, String(options.task['release']));
      return activate(options);
    };
  }
  const rollout = startRollout(stage.stage, prepared, { whenPaused: 'wait' });
  let state = initialState;
  let outcome: RolloutOutcome | undefined;
  let count = 0;
  rollout.subscribe((event) => {
    count += 1;
    const next = progress(state, event);
    broken.push(...wrongMove(state, next, event));
    state = next;
  });
  rollout.finished.then(
    (ended) => (outcome = ended),
    (thrown: unknown) => broken.push(String(thrown)),
  );
  return {
    stage,
    release: { one, two },
    rollout,
    broken,
    state: () => state,
    outcome: () => outcome,
    wait: async (events) => {
      const until = count + events;
      const deadline = Date.now() + 10_000;
      for (let idle = 0; count < until && outcome === undefined && idle < 5;) {
        const seen = count;
        await new Promise((resolve) => setImmediate(resolve));
        // what waits for a person waits for long; all else goes on, if only in a thread
        idle = isPaused(state.phase) && count === seen ? idle + 1 : 0;
        if (Date.now() > deadline) throw new Error(`Nothing happens any more in ${state.phase}.`);
      }
    },
    ask: (intent) => {
      const expected = refusal(intent, whereabouts(state));
      const [before, seen] = [state, count];
      const answer = rollout.send(intent);
      // its last acts are not told before they are through
      if (answer === 'the rollout is over') return;
      if (answer !== expected) broken.push(`${JSON.stringify(intent)} in ${state.phase}: ${answer}, not ${expected}`);
      if (answer !== undefined && (state !== before || count !== seen))
        broken.push(`${intent.type} was refused, and did something`);
    },
    mend: () => {
      isMended = true;
      stage.hosts.forEach((host) => (host.unreachable = false));
    },
    cut: (host) => {
      stage.host(host).unreachable = true;
      // what is out there nobody knows
      [...out].filter((id) => id.endsWith(`@${host}`)).forEach((id) => out.delete(id));
    },
  };
}

function wrongMove({ phase: from }: RolloutState, { phase: to }: RolloutState, event: RolloutEvent): readonly string[] {
  return from === to || MOVES[from].includes(to) ? [] : [`${event.type} went from ${from} to ${to}`];
}

export type End = 'abort' | 'rollback' | 'goOn';

/** Mends all, and brings the rollout to an end, as a person would. */
export async function endWalk(walk: Walk, end: End): Promise<RolloutOutcome> {
  walk.mend();
  if (end !== 'goOn' && isPaused(walk.state().phase)) walk.ask({ type: end });
  for (let rounds = 0; walk.outcome() === undefined; rounds += 1) {
    if (rounds > 40) throw new Error(`It does not end: ${walk.state().phase}, ${walk.state().reason}`);
    await walk.wait(1000);
    if (walk.outcome() !== undefined || !isPaused(walk.state().phase)) continue;
    const isGate = walk.state().pauseReasons.includes('gate');
    walk.ask(isGate ? { type: 'approve', scope: 'step', why: '' } : { type: 'resume' });
  }
  return walk.outcome()!;
}
