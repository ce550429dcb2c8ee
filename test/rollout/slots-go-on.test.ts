import { describe, expect, it } from 'vitest';
import { prepareContinue } from '../../src/rollout/plan-continue.ts';
import type { ContinueOptions } from '../../src/rollout/session.ts';
import { startRollout } from '../../src/rollout/start.ts';
import { findUnfinished } from '../../src/rollout/unfinished.ts';
import { changesOf, type FakeStage, type RunOptions } from './support/fake-stage.ts';
import { slotted, switched, taken } from './support/slotted.ts';

const GATED = { rollout: { approve: 'manual' } };
const JOB = { others: { job: { service: { start: 'a', stop: 'b', status: 'c' } } } };
const APPROVED = { type: 'approve', scope: 'step', why: 'looks good' } as const;

/** The second deploy of a stage waits at its gate, with nobody there. */
async function atGate(stage: FakeStage) {
  const first = await stage.deploy('one');
  expect(first.outcome.next).toBe('slipway approve live');
  const one = await goOn(stage, { decision: APPROVED });
  expect(one.outcome.exitCode, one.outcome.message).toBe(0);
  const two = await stage.deploy('two');
  expect(two.outcome.exitCode, two.outcome.message).toBe(5);
  return { one, two };
}

async function goOn(stage: FakeStage, options: ContinueOptions = {}, more: RunOptions = {}) {
  return stage.run(await prepareContinue(stage.stage, await findUnfinished(stage.stage), options), more);
}

describe('a rollout to slots that nobody runs any more', () => {
  it('waits at its gate with the traffic where it was; a word switches it, and changes no instance again', async () => {
    await using stage = await slotted(GATED);
    const { two } = await atGate(stage);
    expect([two.state.pauseReasons, taken(stage)]).toEqual([['gate'], ['blue']]);
    const changed = changesOf(stage);
    const { outcome, events, release } = await goOn(stage, { decision: APPROVED });
    expect(outcome.exitCode, outcome.message).toBe(0);
    expect(switched(events)).toEqual(['h1 green', 'h2 green']);
    expect(events.filter(({ type }) => type === 'bake.started')).toHaveLength(2);
    expect(changed).toEqual(['bot.blue.1@h1', 'bot.blue.1@h2']);
    expect(stage.links()).toEqual({ 'bot.green.1@h1': release, 'bot.green.1@h2': release });
  });

  it('is only kept warm once all that is left was approved', async () => {
    await using stage = await slotted(GATED);
    await atGate(stage);
    const { outcome, state, events } = await goOn(stage, { decision: { ...APPROVED, scope: 'all' } });
    expect(outcome.exitCode, outcome.message).toBe(0);
    expect(state.plan!.steps.map(({ type }) => type)).toEqual(['stage', 'switchTraffic', 'keepWarm', 'retire']);
    expect(events.filter(({ type }) => type === 'bake.started')).toHaveLength(1);
  });

  it('opens its gate again when that was not passed', async () => {
    await using stage = await slotted(GATED);
    await atGate(stage);
    const { outcome, events } = await goOn(stage);
    expect([outcome.exitCode, outcome.next, switched(events)]).toEqual([5, 'slipway approve live', []]);
  });

  it('keeps the other slot warm anew when it was left meanwhile', async () => {
    await using stage = await slotted({ rollout: { bake: '0s' } });
    await stage.deploy('one');
    await stage.deploy('two', { onEvent: (event, send) => event.type === 'bake.started' && send('pause') });
    const { outcome, events, state, release } = await goOn(stage);
    expect(outcome.exitCode, outcome.message).toBe(0);
    expect([switched(events), state.plan!.steps.map(({ type }) => type)]).toEqual([
      [],
      ['stage', 'keepWarm', 'retire'],
    ]);
    expect(stage.links()).toEqual({ 'bot.green.1@h1': release, 'bot.green.1@h2': release });
  });

  it('flips back when it is asked to go back while it goes on', async () => {
    await using stage = await slotted({ rollout: { bake: '0s' } });
    await stage.deploy('one');
    await stage.deploy('two', { onEvent: (event, send) => event.type === 'bake.started' && send('pause') });
    const changed = changesOf(stage);
    const onEvent: RunOptions['onEvent'] = (event, send) => event.type === 'bake.started' && send('rollback');
    const { outcome } = await goOn(stage, {}, { onEvent });
    expect([outcome.exitCode, taken(stage)]).toEqual([4, ['blue']]);
    expect(changed.toSorted()).toEqual(['bot.green.1@h1', 'bot.green.1@h2']);
  });

  it('does not stop the only slot that is left, whoever asks it to go back', async () => {
    await using stage = await slotted({ ...JOB, hooks: { afterRollout: ['tell'] }, rollout: { keepWarm: '0s' } });
    await stage.deploy('one');
    const { release } = await stage.deploy('two', {
      onEvent: (event, send) => event.type === 'rollout.step' && event.title.startsWith('retire') && send('pause'),
    });
    const slot = { 'bot.green.1@h1': release, 'bot.green.1@h2': release };
    stage.host('h1').sick.add('job.1');
    const onEvent: RunOptions['onEvent'] = (event, send) =>
      event.type === 'instance.state' && event.state === 'updated' && send('rollback');
    const { outcome } = await goOn(stage, {}, { onEvent });
    expect([outcome.exitCode, taken(stage)]).toEqual([5, ['green']]);
    expect(outcome.message).toContain('the slot of bot that had the traffic before is gone');
    expect(stage.links()).toMatchObject(slot);
  });

  it('skips no host: its traffic is switched everywhere, or nowhere', async () => {
    await using stage = await slotted({ rollout: { onFailure: 'pause' } });
    const { release } = await stage.deploy('one');
    stage.host('h2').behave = (_, to) => (to === release ? 'healthy' : 'unhealthy');
    const answers: (string | undefined)[] = [];
    const { outcome } = await stage.deploy('two', {
      whenPaused: 'wait',
      onEvent: (event, send) => {
        if (event.type === 'rollout.paused') answers.push(send({ type: 'skip', host: 'h2' }), send('leave'));
      },
    });
    expect(answers).toEqual([expect.stringContaining('on all hosts at once, or on none'), undefined]);
    expect(outcome.exitCode).toBe(5);
    await expect(goOn(stage, { decision: { type: 'skip', host: 'h2' } })).rejects.toMatchObject({
      code: 'SLIP_NOT_NOW',
    });
    stage.host('h2').behave = () => 'healthy';
    expect((await goOn(stage, { decision: { type: 'retry', instance: 'bot.green.1@h2' } })).outcome.exitCode).toBe(0);
  });

  it('goes on with its own hosts when hosts.json has more by now', async () => {
    await using stage = await slotted(GATED);
    await atGate(stage);
    await using larger = await slotted({ ...GATED, hosts: 3 });
    const grown = {
      ...stage,
      stage: { ...larger.stage, clients: new Map([...larger.stage.clients, ...stage.stage.clients]) },
    };
    const prepared = await prepareContinue(grown.stage, await findUnfinished(grown.stage), { decision: APPROVED });
    const { exitCode, message } = await startRollout(grown.stage, prepared, { whenPaused: 'end' }).finished;
    expect(exitCode, message).toBe(0);
    expect(taken(stage)).toEqual(['green']);
  });
});

describe('a rollout to slots that was aborted', () => {
  it('before the switch leads on to a deploy, since a rollback would go from what is live', async () => {
    await using stage = await slotted();
    await stage.deploy('one');
    const { outcome } = await stage.deploy('two', {
      onEvent: (event, send) => event.type === 'instance.state' && event.state === 'updated' && send('abort'),
    });
    expect([outcome.exitCode, outcome.next, taken(stage)]).toEqual([5, 'slipway deploy live', ['blue']]);
    expect(outcome.message).toContain('takes no traffic');
  });

  it('after it may be rolled back', async () => {
    await using stage = await slotted({ rollout: { bake: '0s' } });
    await stage.deploy('one');
    const { outcome } = await stage.deploy('two', {
      onEvent: (event, send) => event.type === 'bake.started' && send('abort'),
    });
    expect(outcome.next).toBe('slipway rollback live   or   slipway deploy live');
    expect(outcome.message).not.toContain('takes no traffic');
  });

  it('while it switches has the traffic at one slot', async () => {
    await using stage = await slotted();
    await stage.deploy('one');
    await stage.deploy('two', {
      onEvent: (event, send) => {
        if (event.type === 'rollout.step' && event.title.startsWith('switch')) stage.host('h2').sick.add('bot.green.1');
        if (event.type === 'traffic.switched') send('abort');
      },
    });
    expect(taken(stage)).toEqual(['blue']);
  });
});
