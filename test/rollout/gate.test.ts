import { describe, expect, it } from 'vitest';
import { askController } from '../../src/rollout/ask-controller.ts';
import { prepareContinue } from '../../src/rollout/plan-continue.ts';
import { findUnfinished } from '../../src/rollout/unfinished.ts';
import { type FakeStage, fakeStage, releasesOf } from './support/fake-stage.ts';

/** Its analysis is left out: what comes of a verdict is another test's. */
const CANARY = { hosts: 2, instances: 2, rollout: { strategy: 'canary', bake: '0s' } };
const APPROVED = { type: 'approve', scope: 'step', why: 'looks good' } as const;

/** A canary that waits at its gate, with nobody there. */
async function atGate(stage: FakeStage) {
  const one = await stage.deploy('one');
  const two = await stage.deploy('two');
  expect(two.outcome.exitCode).toBe(5);
  return { one, two };
}

describe('a gate', () => {
  it('waits for a person, and says what opens it', async () => {
    await using stage = await fakeStage(CANARY);
    const { one, two } = await atGate(stage);
    expect(two.outcome.message).toContain('it waits for approval: slipway approve live');
    expect(two.outcome.next).toBe('slipway approve live');
    expect(two.state).toMatchObject({ phase: 'Paused', gates: [{ gate: 'promote', passed: undefined }] });
    expect(two.state.pauseReasons).toEqual(['gate']);
    expect(stage.host('h1').lockOwner).toMatchObject({ state: 'paused' });
    expect(stage.links()).toMatchObject({ 'bot.1@h1': two.release, 'bot.1@h2': one.release });
  });

  it('is opened by a word at the terminal, which is told with who said it and why; by resume it is not', async () => {
    await using stage = await fakeStage(CANARY);
    await stage.deploy('one');
    const answers: unknown[] = [];
    const { outcome, events, state } = await stage.deploy('two', {
      whenPaused: 'wait',
      onEvent: (event, send) => {
        if (event.type === 'rollout.paused') answers.push(send('resume'), send(APPROVED));
      },
    });
    expect(answers).toEqual(['it waits for approval: slipway approve live', undefined]);
    expect(outcome.exitCode, outcome.message).toBe(0);
    expect(events.filter(({ type }) => type === 'gate.passed')).toMatchObject([{ why: 'looks good' }]);
    expect(state.gates).toMatchObject([{ gate: 'promote', passed: { why: 'looks good' } }]);
    expect(releasesOf(stage).size).toBe(1);
  });

  it('that is left leaves its question to whoever comes', async () => {
    await using stage = await fakeStage(CANARY);
    await stage.deploy('one');
    const { outcome } = await stage.deploy('two', {
      whenPaused: 'wait',
      onEvent: (event, send) => event.type === 'rollout.paused' && send('leave'),
    });
    expect([outcome.exitCode, outcome.next]).toEqual([5, 'slipway approve live']);
    expect(outcome.message).toContain('it waits for approval');
    expect(stage.host('h1').lockOwner?.why).toContain('it waits for approval');
  });

  it('is opened from another terminal', async () => {
    await using stage = await fakeStage(CANARY);
    await stage.deploy('one');
    const { outcome, events } = await stage.deploy('two', {
      whenPaused: 'wait',
      onEvent: (event) => {
        if (event.type === 'rollout.paused') void askController(stage.stage, APPROVED);
      },
    });
    expect(outcome.exitCode, outcome.message).toBe(0);
    expect(events.filter(({ type }) => type === 'gate.passed')).toHaveLength(1);
  });

  it('with all that is left approved at once lets nothing be watched any more', async () => {
    await using stage = await fakeStage({
      ...CANARY,
      rollout: { strategy: 'canary', bake: '1s', analysis: { after: '1s' } },
    });
    await stage.deploy('one');
    const { outcome, events } = await stage.deploy('two', {
      whenPaused: 'wait',
      onEvent: (event, send) => {
        if (event.type === 'rollout.paused') send({ type: 'approve', scope: 'all', why: '' });
      },
      // what compares canaries is not under test here
      change: (plan) => ({ ...plan, steps: plan.steps.filter(({ type }) => type !== 'analyze') }),
    });
    expect(outcome.exitCode, outcome.message).toBe(0);
    expect(events.some(({ type }) => type === 'bake.started')).toBe(false);
  });
});

describe('a canary that nobody runs any more', () => {
  it('goes on behind its gate by a word, which the journal of the new rollout holds', async () => {
    await using stage = await fakeStage(CANARY);
    const { two } = await atGate(stage);
    const { outcome, events } = await stage.goOn({ decision: APPROVED });
    expect(outcome.exitCode, outcome.message).toBe(0);
    expect(events.some(({ type }) => type === 'gate.opened')).toBe(false);
    expect(events.filter(({ type }) => type === 'gate.passed')).toMatchObject([{ gate: 'promote', why: 'looks good' }]);
    expect(releasesOf(stage)).toEqual(new Set([two.release]));
  });

  it('opens the gate again when it was not passed, and updates the canary no second time', async () => {
    await using stage = await fakeStage(CANARY);
    await atGate(stage);
    const { outcome, events } = await stage.goOn();
    expect(outcome.exitCode).toBe(5);
    expect(events.filter(({ type }) => type === 'gate.opened')).toHaveLength(1);
    expect(events.some(({ type }) => type === 'instance.state')).toBe(false);
  });

  it('opens no gate that was passed before', async () => {
    await using stage = await fakeStage({ ...CANARY, rollout: { ...CANARY.rollout, onFailure: 'pause' } });
    const { one } = await atGate(stage);
    stage.host('h2').behave = (_, release) => (release === one.release ? 'healthy' : 'unhealthy');
    const failed = await stage.goOn({ decision: APPROVED });
    expect(failed.outcome.exitCode).toBe(5);
    stage.host('h2').behave = () => 'healthy';
    const { outcome, events } = await stage.goOn();
    expect(outcome.exitCode, outcome.message).toBe(0);
    expect(events.some(({ type }) => type === 'gate.opened')).toBe(false);
  });

  it('hears no approval while it waits for something else', async () => {
    await using stage = await fakeStage({ ...CANARY, rollout: { ...CANARY.rollout, onFailure: 'pause' } });
    const one = await stage.deploy('one');
    stage.host('h1').behave = (_, release) => (release === one.release ? 'healthy' : 'unhealthy');
    expect((await stage.deploy('two')).outcome.exitCode).toBe(5);
    await expect(stage.goOn({ decision: APPROVED })).rejects.toMatchObject({
      code: 'SLIP_NOT_NOW',
      message: 'It cannot approve now: it waits for another reason: failure.',
    });
  });

  it('goes on the way it was begun, whatever hosts.json says by now', async () => {
    await using stage = await fakeStage(CANARY);
    await atGate(stage);
    const { settings } = stage.stage;
    const other = {
      ...stage.stage,
      settings: { ...settings, rollout: { ...settings.rollout, strategy: 'rolling' as const } },
    };
    const { plan } = await prepareContinue(other, await findUnfinished(stage.stage), {});
    expect(plan.strategy).toBe('canary');
    expect(plan.steps.map(({ type }) => type)).toContain('gate');
  });
});
