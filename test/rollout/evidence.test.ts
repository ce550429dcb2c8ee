import { expect, it } from 'vitest';
import { EVIDENCE_PARTS } from '../../src/host/evidence.ts';
import type { RolloutEvent } from '../../src/rollout/events.ts';
import { initialState, progress } from '../../src/rollout/progress.ts';
import { fakeStage } from './support/fake-stage.ts';

it('what is gathered of an instance that fails is told before it is back, and stays on its own host', async () => {
  await using stage = await fakeStage();
  const one = await stage.deploy('one');
  const ill = (instance: string, to: string) => instance === 'bot.2' && to !== one.release;
  stage.host('h2').behave = (instance, to) => (ill(instance, to) ? 'unhealthy' : 'healthy');
  const { outcome, release, state, events } = await stage.deploy('two');
  expect(outcome.exitCode).toBe(4);
  const told = events.flatMap((event) => {
    if (event.source !== 'bot.2@h2') return [];
    if (event.type === 'instance.evidence') return [event.part];
    return event.type === 'instance.state' ? [event.state] : [];
  });
  expect(told).toEqual(['switched', ...EVIDENCE_PARTS, 'reverted']);
  const parts = Object.fromEntries(EVIDENCE_PARTS.map((part) => [part, [`${part} of ${release}`]]));
  expect(state.evidence).toEqual({ 'bot.2@h2': parts });
  for (const host of stage.hosts) {
    const journal = (await host.events(state.rollout)).map((line) => JSON.parse(line) as RolloutEvent);
    expect(journal.reduce(progress, initialState).evidence).toEqual({});
  }
});
