import { describe, expect, test } from 'vitest';
import { RemoteError } from '../../src/base/errors.ts';
import type { HistoryRecord } from '../../src/host/records.ts';
import { mergeRecords } from '../../src/rollout/audit.ts';
import { lastRecords, readAudit } from '../../src/rollout/read-audit.ts';
import { fakeStage } from './support/fake-stage.ts';

function record(changes: Partial<HistoryRecord>): HistoryRecord {
  return { at: 1, by: 'ana', what: 'deploy', outcome: 'succeeded', ...changes };
}

describe('the audit trail of all hosts', () => {
  test('tells what several hosts say only once, newest first', () => {
    const older = record({ at: 1, rollout: 'r-1' });
    const newer = record({ at: 2, rollout: 'r-2' });
    const unlocked = record({ at: 3, what: 'unlock', outcome: 'released' });
    expect(mergeRecords([older, newer, unlocked, older, newer, unlocked])).toEqual([unlocked, newer, older]);
  });

  test('keeps apart what differs in rollout, act, person or time', () => {
    const one = record({ rollout: 'r-1' });
    const others = [
      { ...one, rollout: 'r-2' },
      { ...one, what: 'takeover' },
      { ...one, by: 'bo' },
      { ...one, at: 2 },
    ];
    expect(mergeRecords([one, ...others])).toHaveLength(5);
  });

  test('names the hosts that cannot be read, and tells what the others say', async () => {
    await using stage = await fakeStage();
    const { release } = await stage.deploy('one');
    stage.host('h2').unreachable = true;
    const { records, failed } = await lastRecords(stage.stage.clients, 10);
    expect(records.map(({ what, outcome, release }) => ({ what, outcome, release }))).toEqual([
      { what: 'deploy', outcome: 'succeeded', release },
    ]);
    expect(failed).toEqual([{ host: 'h2', reason: 'h2 does not answer.' }]);
  });

  test('is no error where no host can be read', async () => {
    await using stage = await fakeStage({ hosts: 2 });
    stage.hosts.forEach((host) => (host.unreachable = true));
    const { records, failed } = await lastRecords(stage.stage.clients, 10);
    expect(records).toEqual([]);
    expect(failed.map(({ host }) => host)).toEqual(['h1', 'h2']);
    const read = await readAudit(stage.stage.clients, 10);
    expect(read.failed[0]?.thrown).toBeInstanceOf(RemoteError);
  });

  test('ends after as many records as are asked for, whatever each host tells', async () => {
    await using stage = await fakeStage({ hosts: 2 });
    const tell = (host: string, at: number) => stage.host(host).told.push(JSON.stringify(record({ at })));
    [1, 3, 5].forEach((at) => tell('h1', at));
    [2, 4, 6].forEach((at) => tell('h2', at));
    const { records } = await lastRecords(stage.stage.clients, 3);
    expect(records.map(({ at }) => at)).toEqual([6, 5, 4]);
  });

  test('does not hide a defect of ours behind a host', async () => {
    await using stage = await fakeStage({ hosts: 1 });
    stage.host('h1').history = () => Promise.reject(new TypeError('oops'));
    await expect(lastRecords(stage.stage.clients, 3)).rejects.toThrow('oops');
  });
});
