import { describe, expect, test } from 'vitest';
import type { HistoryRecord } from '../../src/host/records.ts';
import { healthHistory } from '../../src/rollout/health-history.ts';
import { lastRecords } from '../../src/rollout/read-audit.ts';
import { fakeStage } from './support/fake-stage.ts';

function record(changes: Partial<HistoryRecord>): HistoryRecord {
  return { at: 1, by: 'ana', what: 'deploy', outcome: 'succeeded', ...changes };
}

describe('what became of a release', () => {
  test('are the rollouts that went to it or away from it, newest first', () => {
    const records = [
      record({ at: 1, rollout: 'r-1', release: 'one', outcome: 'rolledBack', why: 'not healthy' }),
      record({ at: 4, rollout: 'r-4', what: 'rollback', release: 'zero', from: 'one', by: 'bo' }),
      record({ at: 2, rollout: 'r-2', release: 'one', from: 'zero' }),
      record({ at: 3, rollout: 'r-3', release: 'two', from: 'zero' }),
      record({ at: 5, what: 'unlock', outcome: 'released' }),
    ];
    const fates = healthHistory(records, 'one');
    expect(fates.map(({ way, at, by, what, outcome }) => [way, at, by, what, outcome])).toEqual([
      ['from', 4, 'bo', 'rollback', 'succeeded'],
      ['to', 2, 'ana', 'deploy', 'succeeded'],
      ['to', 1, 'ana', 'deploy', 'rolledBack'],
    ]);
    expect(fates.at(-1)).toMatchObject({ rollout: 'r-1', why: 'not healthy' });
  });

  test('is told by the last word on each rollout, and by all that names none', () => {
    const fates = healthHistory(
      [
        record({ at: 1, rollout: 'r-1', release: 'one', outcome: 'aborted' }),
        record({ at: 2, rollout: 'r-1', release: 'one', outcome: 'accepted' }),
        record({ at: 3, release: 'one' }),
        record({ at: 4, release: 'one' }),
      ],
      'one',
    );
    expect(fates.map(({ at }) => at)).toEqual([4, 3, 2]);
  });

  test('counts a rollout from the release to itself as one to it', () => {
    const again = record({ what: 'reconcile', release: 'one', from: 'one' });
    expect(healthHistory([again], 'one').map(({ way }) => way)).toEqual(['to']);
  });

  test('is nothing where the trail does not name it', () => {
    expect(healthHistory([record({ release: 'two' }), record({})], 'one')).toEqual([]);
  });

  test('is read from what rollouts have written', async () => {
    await using stage = await fakeStage();
    const one = await stage.deploy('one');
    const host = stage.host('h2');
    host.behave = (_, release) => (release === one.release ? 'healthy' : 'unhealthy');
    const bad = await stage.deploy('two');
    host.behave = () => 'healthy';
    const three = await stage.deploy('three');
    stage.clock.advance(1000);
    await stage.rollback();
    const { records } = await lastRecords(stage.stage.clients, 10);
    const fates = (release: string) =>
      healthHistory(records, release).map(({ way, what, outcome }) => [way, what, outcome].join(' '));
    expect(fates(bad.release)).toEqual(['to deploy rolledBack']);
    expect(fates(three.release)).toEqual(['from rollback succeeded', 'to deploy succeeded']);
    expect(fates(one.release)).toEqual([
      'to rollback succeeded',
      'from deploy succeeded',
      'from deploy rolledBack',
      'to deploy succeeded',
    ]);
  });
});
