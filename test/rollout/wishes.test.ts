import { describe, expect, it } from 'vitest';
import { sanitise } from '../../src/base/sanitise.ts';
import { askController } from '../../src/rollout/ask-controller.ts';
import type { RolloutEvent } from '../../src/rollout/events.ts';
import { parseWish, type WishedIntent } from '../../src/rollout/wishes.ts';
import { type FakeStage, fakeStage } from './support/fake-stage.ts';

const KNOWN = { instances: new Set(['bot.1@h1']), hosts: new Set(['h1']) };

describe('a wish of another terminal', () => {
  it.each([
    'nonsense',
    'null',
    '[]',
    '{"intent":{"type":"pause"}}',
    '{"id":"x","intent":"pause","by":"ana"}',
    '{"id":"x","intent":{"type":"leave"},"by":"ana"}',
    '{"id":"x","intent":{"type":"constructor"},"by":"ana"}',
    '{"id":"../x\\u0000","intent":{"type":"pause"},"by":"ana"}',
    '{"id":"x","intent":{"type":"pause"},"by":{}}',
    '{"id":"x","intent":{"type":"approve","scope":"some","why":""},"by":"ana"}',
    '{"id":"x","intent":{"type":"approve","scope":"step"},"by":"ana"}',
    '{"id":"x","intent":{"type":"retry","instance":"bot.9@h1"},"by":"ana"}',
    '{"id":"x","intent":{"type":"retry"},"by":"ana"}',
    '{"id":"x","intent":{"type":"skip","host":"__proto__"},"by":"ana"}',
    `{"id":"${'x'.repeat(65)}","intent":{"type":"pause"},"by":"ana"}`,
  ])('that is none is not heard: %s', (line) => {
    expect(parseWish(line, KNOWN)).toBeUndefined();
  });

  it.each<WishedIntent>([
    { type: 'approve', scope: 'all', why: 'seen \u001b[2J it' },
    { type: 'retry', instance: 'bot.1@h1' },
    { type: 'skip', host: 'h1' },
  ])('says all that it takes: %o', (intent) => {
    const heard = parseWish(JSON.stringify({ id: 'a', by: 'ana', intent }), KNOWN);
    expect(heard?.intent).toMatchObject({
      ...intent,
      ...(intent.type === 'approve' ? { why: sanitise(intent.why) } : {}),
    });
  });

  it('names who it is from, and nothing that a terminal would obey', () => {
    const by = `ana\u001b[2J@laptop${'!'.repeat(500)}`;
    const wish = parseWish(JSON.stringify({ id: 'a-1', intent: { type: 'abort' }, by, more: 1 }), KNOWN);
    expect(wish).toEqual({
      id: 'a-1',
      intent: { type: 'abort' },
      by: expect.stringMatching(/^ana[^\u001b]*@laptop!+$/) as string,
    });
    expect(wish!.by.length).toBe(200);
  });
});

const SHAPE = { hosts: 2, instances: 1, rollout: { bake: '24h' } };

/** A rollout that bakes for long, and what is asked of it then. */
async function whileBaking(stage: FakeStage, ask: () => Promise<unknown>) {
  const asked: Promise<unknown>[] = [];
  await stage.deploy('one');
  const ended = await stage.deploy('two', {
    onEvent: (event) => {
      if (event.type === 'bake.started' && asked.length === 0) asked.push(ask().catch((thrown: unknown) => thrown));
    },
  });
  return { ...ended, answer: await asked[0] };
}

const asks = (events: readonly RolloutEvent[]) => events.filter(({ type }) => type === 'rollout.asked');

describe('asking the process that runs a rollout', () => {
  it('is heard once, however many hosts carry it, and answered', async () => {
    await using stage = await fakeStage(SHAPE);
    const { events, outcome, answer } = await whileBaking(stage, () => askController(stage.stage, { type: 'pause' }));
    expect(asks(events)).toEqual([expect.objectContaining({ intent: { type: 'pause' } })]);
    expect(answer).toMatchObject({ rollout: events[0]!.rollout });
    expect(outcome.exitCode).toBe(5);
    expect(events.find(({ type }) => type === 'rollout.paused')).toMatchObject({ reasons: ['manual'] });
  });

  it('to roll back brings back what was changed', async () => {
    await using stage = await fakeStage(SHAPE);
    const { outcome } = await whileBaking(stage, () => askController(stage.stage, { type: 'rollback' }));
    expect(outcome.exitCode).toBe(4);
    expect(new Set(Object.values(stage.links())).size).toBe(1);
  });

  it('for what is not legal now is refused with the reason, and changes nothing', async () => {
    await using stage = await fakeStage(SHAPE);
    const { events, answer } = await whileBaking(stage, async () => {
      const refused = await askController(stage.stage, { type: 'resume' }).catch((thrown: unknown) => thrown);
      await askController(stage.stage, { type: 'abort' });
      return refused;
    });
    expect(answer).toMatchObject({
      code: 'SLIP_NOT_NOW',
      exitCode: 2,
      message: expect.stringContaining('not paused') as string,
    });
    expect(asks(events)[0]).toMatchObject({ intent: { type: 'resume' }, refused: 'it is not paused' });
  });

  it('goes by any host that can be reached', async () => {
    await using stage = await fakeStage(SHAPE);
    const { outcome } = await whileBaking(stage, () => {
      stage.host('h1').unreachable = true;
      return askController(stage.stage, { type: 'abort' });
    });
    expect(outcome.exitCode).toBe(5);
  });

  it('says so when nothing runs, and when nobody is there any more', async () => {
    await using stage = await fakeStage(SHAPE);
    await expect(askController(stage.stage, { type: 'pause' })).rejects.toMatchObject({
      code: 'SLIP_NO_ROLLOUT',
      exitCode: 2,
    });
    await stage.deploy('one');
    await stage.deploy('two', {
      onEvent: (event, send) => {
        if (event.type === 'bake.started') send('pause');
      },
    });
    const refused = askController(stage.stage, { type: 'abort' });
    await expect(refused).rejects.toMatchObject({
      code: 'SLIP_NO_CONTROLLER',
      mend: expect.stringContaining('slipway resume live') as string,
    });
  });
});
