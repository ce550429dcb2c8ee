import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../src/cli/exit-code.ts';
import type { Intent } from '../../src/rollout/session.ts';
import { isPaused } from '../../src/rollout/transitions.ts';
import { type FakeStage, fakeStage } from './support/fake-stage.ts';
import { beginWalk, type End, endWalk, type Fate, type Walk } from './support/walk.ts';

const HOSTS = ['h1', 'h2', 'h3'];
const IDS = HOSTS.flatMap((host) => [`bot.1@${host}`, `bot.2@${host}`]);

/** What the test knows beside the rollout itself: it is what the rollout says, so there is nothing to keep. */
type Model = Record<string, never>;

class Wait implements fc.AsyncCommand<Model, Walk> {
  readonly events: number;

  constructor(events: number) {
    this.events = events;
  }

  check = () => true;
  run = (_model: Model, walk: Walk) => walk.wait(this.events);
  toString = () => `wait ${this.events}`;
}

class Ask implements fc.AsyncCommand<Model, Walk> {
  readonly intent: Intent;

  constructor(intent: Intent) {
    this.intent = intent;
  }

  check = () => true;
  run = (_model: Model, walk: Walk) => Promise.resolve(walk.ask(this.intent));
  toString = () => JSON.stringify(this.intent);
}

class Cut implements fc.AsyncCommand<Model, Walk> {
  readonly host: string;

  constructor(host: string) {
    this.host = host;
  }

  check = () => true;
  run = (_model: Model, walk: Walk) => Promise.resolve(walk.cut(this.host));
  toString = () => `cut ${this.host}`;
}

class Mend implements fc.AsyncCommand<Model, Walk> {
  check = () => true;
  run = (_model: Model, walk: Walk) => Promise.resolve(walk.mend());
  toString = () => 'mend';
}

const plain = fc.constantFrom<Intent>({ type: 'pause' }, { type: 'resume' }, { type: 'abort' }, { type: 'rollback' });
const decision = fc.oneof(
  fc.record({ type: fc.constant('approve' as const), scope: fc.constantFrom('step', 'all'), why: fc.constant('') }),
  fc.record({ type: fc.constant('retry' as const), instance: fc.constantFrom(...IDS) }),
  fc.record({ type: fc.constant('skip' as const), host: fc.constantFrom(...HOSTS) }),
) as fc.Arbitrary<Intent>;

const commands = fc.commands<Model, Walk, false>(
  [
    fc.integer({ min: 1, max: 12 }).map((events) => new Wait(events)),
    fc.integer({ min: 1, max: 40 }).map((events) => new Wait(events)),
    plain.map((intent) => new Ask(intent)),
    decision.map((intent) => new Ask(intent)),
    decision.map((intent) => new Ask(intent)),
    fc.constantFrom(...HOSTS).map((host) => new Cut(host)),
    fc.constant(new Mend()),
  ],
  { maxCommands: 14 },
);

const fate: fc.Arbitrary<Fate> = fc.record({
  there: fc.oneof(
    { weight: 5, arbitrary: fc.constant('healthy' as const) },
    { weight: 3, arbitrary: fc.constantFrom('unhealthy', 'dead', 'lost') },
  ),
  back: fc.oneof(
    { weight: 4, arbitrary: fc.constant('healthy' as const) },
    { weight: 1, arbitrary: fc.constantFrom('unhealthy', 'dead') },
  ),
});

const story = fc.record({
  commands,
  fates: fc.array(fate, { minLength: IDS.length, maxLength: IDS.length }),
  end: fc.constantFrom<End>('abort', 'rollback', 'goOn'),
});

/** What an end with this code may have left behind. */
function misfits(walk: Walk): readonly string[] {
  const { stage, release } = walk;
  const { exitCode, message } = walk.outcome()!;
  const links = Object.entries(stage.links());
  const strange = links
    .filter(([, to]) => to !== release.one && to !== release.two)
    .map(([id, to]) => `${id} is on ${to}`);
  const isIncomplete = stage.hosts.some(({ links: at, records }) =>
    [...at.values()].some((to) => !records.get(to)?.present),
  );
  const wrong = [...strange, ...(isIncomplete ? ['a link points at what is not there'] : [])];
  if (links.length !== IDS.length) wrong.push('an instance has no release');
  if (!(exitCode in EXIT_CODES) || exitCode === 1) wrong.push(`exit ${exitCode}: ${message}`);
  const behind = links.filter(([, to]) => to !== release.two).map(([id]) => id);
  const isSkipped = (id: string) => walk.state().hosts[id.split('@')[1]!]?.skipped !== undefined;
  if (exitCode === 0) wrong.push(...behind.filter((id) => !isSkipped(id) && !message.includes(id)));
  if ([3, 4, 130].includes(exitCode) && behind.length !== IDS.length)
    wrong.push(`${exitCode} with some on the new release`);
  return wrong;
}

/** One stage for all walks: it stands again as its first release left it. */
async function stood(rollout: Readonly<Record<string, unknown>>) {
  const stage = await fakeStage({ hosts: 3, instances: 2, rollout });
  const { release: one } = await stage.deploy('one');
  const kept = stage.hosts.map((host) => ({ activate: host.activate.bind(host), records: new Map(host.records) }));
  const reset = () => {
    stage.hosts.forEach((host, index) => {
      for (const name of host.links.keys()) host.links.set(name, one);
      host.records.clear();
      kept[index]!.records.forEach((record, id) => host.records.set(id, record));
      host.activate = kept[index]!.activate;
      host.lockOwner = undefined;
      host.unreachable = false;
      host.sick.clear();
    });
  };
  return { stage, one, reset };
}

describe.each([
  ['rolling', { onFailure: 'pause', maxUnavailable: 2, batch: 2, maxFailures: 1, bake: '3s' }],
  ['rolling', { onFailure: 'rollback', maxUnavailable: 1 }],
  ['canary', { onFailure: 'pause', maxUnavailable: 2, batch: 2, bake: '0s' }],
  ['canary', { onFailure: 'rollback', maxUnavailable: 2, batch: 2, maxFailures: 1, bake: '0s' }],
] as const)('a %s rollout (%o), whatever fails and whatever is asked of it', (strategy, rollout) => {
  let open: FakeStage | undefined;
  afterEach(() => open?.[Symbol.asyncDispose]());

  it(
    'keeps to the table and to maxUnavailable, refuses with a reason, and ends as it says it does',
    { timeout: 60_000 },
    async () => {
      const { stage, one, reset } = await stood({ strategy, ...rollout });
      open = stage;
      const walked = fc.asyncProperty(story, async ({ commands: asked, fates, end }) => {
        reset();
        const walk = await beginWalk(stage, one, fates);
        await fc.asyncModelRun(() => ({ model: {}, real: walk }), asked);
        await walk.wait(1000);
        const wasPaused = isPaused(walk.state().phase);
        const outcome = await endWalk(walk, end);
        expect([...walk.broken, ...misfits(walk)]).toEqual([]);
        // who waits for a person can always be stopped, or sent back
        if (wasPaused && end === 'rollback') expect([4, 130], outcome.message).toContain(outcome.exitCode);
        if (wasPaused && end === 'abort') expect([4, 5, 130], outcome.message).toContain(outcome.exitCode);
        expect(walk.state().finished?.exitCode).toBe(outcome.exitCode);
      });
      await fc.assert(walked, { seed: 20_261_121, numRuns: 80 });
    },
  );
});
