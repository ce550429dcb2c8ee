import type { DeployRef } from '../../../src/git/refs.ts';
import type { LoggedCommit } from '../../../src/git/log.ts';
import type { HistoryRecord } from '../../../src/host/records.ts';
import type { Changes } from '../../../src/rollout/changes.ts';
import type { Fleet } from '../../../src/rollout/session.ts';
import type { FakeSession } from './fake-session.ts';
import { NEW, NOW, OLD, calmFleet, release } from './fleet.ts';

const HOUR = 3_600_000;
export const LIVE_REVISION = release().revision!;

export function ref(change: Partial<DeployRef> & Pick<DeployRef, 'name'>): DeployRef {
  return {
    kind: 'branch',
    revision: '1f0755f2a9d14c0f8c3e5b7a6d8e9f0011223344',
    subject: 'Greet in the evening too',
    author: 'Ana Lindqvist',
    at: NOW - 2 * HOUR,
    ...change,
  };
}

/** Branches, tags and commits, wide and long ones among them; newest first. */
export const REFS: readonly DeployRef[] = [
  ref({ name: 'main' }),
  ref({
    name: '機能/多言語のあいさつ',
    revision: '77cc1200aa00bb11cc22dd33ee44ff5566778899',
    subject: '多言語で挨拶する。長い件名は切り取られ、列はずれない',
    author: '山田 太郎',
    at: NOW - 5 * HOUR,
  }),
  ref({
    name: `origin/${'very-long-'.repeat(8)}branch`,
    revision: '9d3c1aa000112233445566778899aabbccddeeff',
    subject: 'Read the time zone of the guild',
    author: 'Ben',
    at: NOW - 30 * HOUR,
  }),
  ref({ name: 'v1.4.0', kind: 'tag', revision: LIVE_REVISION, subject: 'Answer in the language', at: NOW - 76 * HOUR }),
  ref({ name: '0a1b2c3', kind: 'commit', revision: LIVE_REVISION, subject: 'Answer', at: NOW - 76 * HOUR }),
  ...Array.from({ length: 60 }, (_, index) => {
    const short = `${(0xb00000 + index * 4099).toString(16)}0`;
    const revision = `${short}${'5'.repeat(33)}`;
    return ref({
      name: short,
      kind: 'commit',
      revision,
      subject: `Change ${index + 1}`,
      at: NOW - (80 + index) * HOUR,
    });
  }),
];

function commits(...subjects: readonly string[]): readonly LoggedCommit[] {
  return subjects.map((subject, index) => {
    const short = (0x1f0755f - index * 7919).toString(16);
    return { revision: short.padEnd(40, '0'), short, subject, author: 'Ana', at: NOW - index * HOUR };
  });
}

export function compared(brings: readonly string[], takesAway: readonly string[]): Changes {
  return {
    type: 'compared',
    brings: { commits: commits(...brings), more: 0 },
    takesAway: { commits: commits(...takesAway), more: 0 },
  };
}

export function withRefs(session: FakeSession): void {
  session.deployable = () => Promise.resolve(REFS);
  session.changes = (_from, to) =>
    Promise.resolve(
      to.startsWith('77cc')
        ? compared(['多言語で挨拶する', 'Read the locale'], ['Answer in the language of the question'])
        : compared(['Greet in the evening too', 'Read the time zone of the guild'], []),
    );
}

const RECORDS: readonly HistoryRecord[] = [
  {
    ...{ at: NOW - HOUR / 3, by: 'ben@desk', what: 'deploy', release: NEW, from: OLD, outcome: 'rolledBack' },
    why: `bot.1@fra-1 answered 500 until its deadline: ${'the pool of connections was empty; '.repeat(4)}`,
    rollout: '20261121T114210Z-9f3a1c',
  },
  { at: NOW - 75 * HOUR, by: 'ana@laptop', what: 'deploy', release: OLD, outcome: 'succeeded', rollout: 'r-40' },
  { at: NOW - 80 * HOUR, by: '山田@机', what: 'unlock', outcome: 'released', why: '端末が消えた' },
  {
    ...{ at: NOW - 92 * HOUR, by: 'ben@desk', what: 'deploy', release: '20261117T160233Z-77aa01c' },
    ...{ from: '20261112T101010Z-be57ed0', outcome: 'aborted', why: 'asked for by ben@desk', rollout: 'r-39' },
  },
  {
    ...{ at: NOW - 218 * HOUR, by: 'ana@laptop', what: 'deploy', release: '20261112T101010Z-be57ed0' },
    ...{ outcome: 'succeeded', rollout: 'r-38' },
  },
];

/** Hosts with an audit trail, of which one could not be read; and git knows what lies between releases. */
export function remembering(session: FakeSession): void {
  const failed = [{ host: 'hel-1', reason: 'connect ETIMEDOUT 203.0.113.12:22' }];
  session.trail = () => Promise.resolve({ records: RECORDS, failed });
  session.fleet = () => Promise.resolve(ofManyCommits(calmFleet()));
  session.changes = () =>
    Promise.resolve(
      compared([], ['Answer in the language of the question', '多言語のあいさつ', 'Try the new tokenizer']),
    );
}

/** Each release of a commit of its own. */
function ofManyCommits(fleet: Fleet): Fleet {
  const releases = fleet.releases.map((one) => ({ ...one, revision: one.id.slice(-7).padEnd(40, '0') }));
  return { ...fleet, releases };
}

export function manyRecords(count: number): readonly HistoryRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    at: NOW - index * HOUR,
    by: index % 3 === 0 ? 'ana@laptop' : 'ben@desk',
    what: index % 7 === 0 ? 'rollback' : 'deploy',
    release: OLD,
    outcome: index % 5 === 0 ? 'aborted' : 'succeeded',
    rollout: `r-${index}`,
  }));
}

/** The live release has changed what cannot be changed back. */
export function irreversibleFleet(): Fleet {
  const calm = calmFleet();
  const [live, ...others] = calm.releases;
  return { ...calm, releases: [{ ...live!, irreversible: 'drops the table of guilds' }, ...others] };
}
