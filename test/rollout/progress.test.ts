import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVIDENCE_PARTS, type EvidencePart } from '../../src/host/evidence.ts';
import type { EventBody, RolloutEvent } from '../../src/rollout/events.ts';
import { initialState, OUTPUT_LINES, progress, type RolloutState } from '../../src/rollout/progress.ts';

const event = (source: string, seq: number, body: EventBody): RolloutEvent => ({
  v: 1,
  source,
  seq,
  t: seq * 1000,
  rollout: 'r1',
  ...body,
});

const fold = (events: readonly RolloutEvent[]): RolloutState => events.reduce(progress, initialState);

const switched = event('bot.1@h1', 1, {
  type: 'instance.state',
  instance: 'bot.1@h1',
  state: 'switched',
  release: 'x',
  reason: '',
});
const verifying = event('bot.1@h1', 2, {
  type: 'instance.state',
  instance: 'bot.1@h1',
  state: 'verifying',
  release: 'x',
  reason: '',
  deadline: 9000,
});
const sample = event('bot.1@h1', 3, {
  type: 'probe.sample',
  instance: 'bot.1@h1',
  attempt: 4,
  sample: { healthy: true, outcome: '200', latencyMs: 3 },
  healthyMs: 500,
  neededMs: 1000,
});
const phase = event('controller', 1, { type: 'rollout.phase', phase: 'Progressing', reason: '' });
const sync = event('controller', 2, { type: 'sync.progress', host: 'h1', sent: 10, total: 20 });

describe('progress', () => {
  it('counts the rate of an upload from where the attempt began', () => {
    const sent = (seq: number, bytes: number) =>
      event('controller', seq, { type: 'sync.progress', host: 'h1', sent: bytes, total: 20 });
    expect(fold([sent(1, 0), sent(2, 10)]).hosts['h1']).toMatchObject({ syncSince: 1000, syncAt: 2000 });
    expect(fold([sent(1, 0), sent(2, 10), sent(9, 0), sent(10, 5)]).hosts['h1']).toMatchObject({ syncSince: 9000 });
  });

  it('is the same for every order that keeps each source in order', () => {
    const worker = [switched, verifying, sample];
    const controller = [phase, sync];
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }), (turns) => {
        const left = [...worker];
        const right = [...controller];
        const mixed = turns.map((turn) => (turn ? (left.shift() ?? right.shift()) : (right.shift() ?? left.shift()))!);
        expect(fold(mixed)).toEqual(fold([...controller, ...worker]));
      }),
    );
  });

  it('drops doubles, so that a stream read again from its start changes nothing', () => {
    const once = fold([phase, switched, verifying, sample]);
    expect(fold([phase, switched, verifying, sample, switched, verifying, sample, phase])).toEqual(once);
  });

  it('ignores events of another rollout', () => {
    const other: RolloutEvent = { ...phase, rollout: 'r2', seq: 9 };
    expect(fold([phase, other])).toEqual(fold([phase]));
  });

  it('keeps attempt, deadline and healthy time of the instance that waits', () => {
    expect(fold([switched, verifying, sample]).instances['bot.1@h1']).toMatchObject({
      state: 'verifying',
      deadline: 9000,
      attempt: 4,
      healthyMs: 500,
      neededMs: 1000,
    });
  });

  it('keeps what was gathered of the newest failure of each instance, and nothing of an older one beside it', () => {
    const gathered = (instance: string, part: EvidencePart, line: string): EventBody => ({
      ...{ type: 'instance.evidence', instance, part, lines: [line] },
    });
    const older = EVIDENCE_PARTS.map((part, index) =>
      event('bot.1@h1', index + 1, gathered('bot.1@h1', part, 'older')),
    );
    const other = event('bot.2@h1', 1, gathered('bot.2@h1', 'exit', 'other'));
    const whole = { exit: ['older'], status: ['older'], ports: ['older'], response: ['older'], log: ['older'] };
    expect(fold([...older, other]).evidence).toEqual({ 'bot.1@h1': whole, 'bot.2@h1': { exit: ['other'] } });
    const newer = [
      event('bot.1@h1', 10, gathered('bot.1@h1', 'exit', 'newer')),
      event('bot.1@h1', 11, gathered('bot.1@h1', 'status', 'newer')),
    ];
    expect(fold([...older, ...newer, ...older]).evidence).toEqual({
      'bot.1@h1': { exit: ['newer'], status: ['newer'] },
    });
  });

  it('holds a bounded number of output lines', () => {
    const lines = Array.from({ length: OUTPUT_LINES + 100 }, (_, i) =>
      event('controller', i + 1, { type: 'hook.output', host: 'h1', line: `line ${i}` }),
    );
    const { output } = fold(lines);
    expect(output).toHaveLength(OUTPUT_LINES);
    expect(output.at(-1)?.line).toBe(`line ${OUTPUT_LINES + 99}`);
  });
});
