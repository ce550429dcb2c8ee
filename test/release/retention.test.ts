import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReleaseRecord, ReleaseStatus } from '../../src/host/state.ts';
import { isReleaseId, releaseId } from '../../src/release/id.ts';
import { expiredReleases } from '../../src/release/retention.ts';

function release(sequence: number, status: ReleaseStatus, more: Partial<ReleaseRecord> = {}): ReleaseRecord {
  const id = `20261121T1142${String(sequence).padStart(2, '0')}Z-1f0755f`;
  const text = {
    revision: undefined,
    recipe: undefined,
    subject: '',
    digest: '',
    by: 'ana',
    bad: undefined,
    irreversible: undefined,
  };
  return { id, status, sequence, at: 0, kept: false, present: true, ...text, ...more };
}

const releases = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 20 }).chain((sequences) =>
  fc.tuple(
    ...sequences.map((sequence) =>
      fc
        .record({
          status: fc.constantFrom<ReleaseStatus>('preparing', 'ready', 'good', 'failed'),
          kept: fc.boolean(),
          present: fc.boolean(),
          bad: fc.constantFrom(undefined, 'it leaks'),
        })
        .map(({ status, ...more }) => release(sequence, status, more)),
    ),
  ),
);

const stage = fc
  .record({ releases, keepReleases: fc.integer({ min: 1, max: 6 }), use: fc.array(fc.nat(19)), deploy: fc.nat(30) })
  .map((drawn) => ({
    releases: drawn.releases,
    keepReleases: drawn.keepReleases,
    inUse: new Set(drawn.use.flatMap((index) => drawn.releases[index]?.id ?? [])),
    deploying: drawn.releases[drawn.deploy]?.id,
  }));

const usable = (record: ReleaseRecord) => record.status === 'good' && record.bad === undefined && record.present;

describe('retention', () => {
  test('never deletes what is in use, kept, being deployed, or the last good', () => {
    fc.assert(
      fc.property(stage, (drawn) => {
        const gone = new Set(expiredReleases(drawn));
        const lastGood = drawn.releases.filter(usable).sort((a, b) => b.sequence - a.sequence)[0];
        for (const record of drawn.releases) {
          const guarded =
            record.kept || drawn.inUse.has(record.id) || record.id === drawn.deploying || record === lastGood;
          if (guarded) expect(gone.has(record.id)).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('keeps the newest good ones by sequence, and deletes every other good one that nothing guards', () => {
    fc.assert(
      fc.property(stage, (drawn) => {
        const gone = new Set(expiredReleases(drawn));
        const good = drawn.releases.filter(usable).sort((a, b) => b.sequence - a.sequence);
        for (const record of good.slice(0, drawn.keepReleases)) expect(gone.has(record.id)).toBe(false);
        for (const record of good.slice(drawn.keepReleases)) {
          expect(gone.has(record.id)).toBe(
            !record.kept && !drawn.inUse.has(record.id) && record.id !== drawn.deploying,
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  test('bounds what is left', () => {
    fc.assert(
      fc.property(stage, (drawn) => {
        const left = drawn.releases.length - expiredReleases(drawn).length;
        const guarded = drawn.releases.filter(
          ({ id, kept }) => kept || drawn.inUse.has(id) || id === drawn.deploying,
        ).length;
        expect(left).toBeLessThanOrEqual(drawn.keepReleases + 3 + guarded);
      }),
    );
  });

  test('leaves three failed or unfinished ones for reading and never counts them as good', () => {
    const records = [release(1, 'good'), release(2, 'good'), ...[3, 4, 5, 6, 7].map((n) => release(n, 'failed'))];
    const gone = expiredReleases({ releases: records, keepReleases: 2, inUse: new Set() });
    expect(gone).toEqual([release(4, 'failed').id, release(3, 'failed').id]);
  });

  test('goes by sequence and not by the time in the id', () => {
    const first = release(1, 'good', { id: '20301121T114205Z-1f0755f' });
    const records = [first, release(2, 'good'), release(3, 'good')];
    expect(expiredReleases({ releases: records, keepReleases: 2, inUse: new Set() })).toEqual([first.id]);
  });
});

describe('a release id', () => {
  test('is the UTC time and the first seven digits of the commit', () => {
    expect(releaseId(Date.UTC(2026, 10, 21, 11, 42, 5, 999), '1f0755f0c2d4')).toBe('20261121T114205Z-1f0755f');
  });

  test('sorts by time', () => {
    fc.assert(
      fc.property(fc.nat(4e9), fc.nat(4e9), (a, b) => {
        const [first, second] = [releaseId(a * 1000, '0000000'), releaseId(b * 1000, '0000000')];
        expect(first < second).toBe(a < b);
        expect(isReleaseId(first)).toBe(true);
      }),
    );
  });

  test.each([
    '',
    '..',
    '../20261121T114205Z-1f0755f',
    '20261121T114205Z-1f0755f/..',
    '20261121T114205Z-1f0755f\n',
    '20261121T114205Z-1F0755F',
  ])('is not %j', (text) => {
    expect(isReleaseId(text)).toBe(false);
  });
});
