import { describe, expect, it, test } from 'vitest';
import { Cancelled, RemoteError } from '../../src/base/errors.ts';
import { doctorSentences } from '../../src/cli/report/plain-doctor.ts';
import { fleetSentences, spokenLock } from '../../src/cli/report/plain-fleet.ts';
import { historySentences } from '../../src/cli/report/plain-history.ts';
import { planSentences } from '../../src/cli/report/plain-plan.ts';
import { releaseSentences } from '../../src/cli/report/plain-releases.ts';
import { sentence, spokenDuration, spokenInstances } from '../../src/cli/report/speech.ts';
import { troubleSentences } from '../../src/cli/report/trouble.ts';
import { checksOf } from '../../src/rollout/diagnosis.ts';
import { mergeFleet } from '../../src/rollout/fleet.ts';
import { prepareDeploy } from '../../src/rollout/plan-deploy.ts';
import type { HostReading } from '../../src/rollout/session.ts';
import { lookAtHosts } from '../../src/rollout/stage.ts';
import { fakeStage } from '../rollout/support/fake-stage.ts';
import { hostState, NEW, OLD, record } from '../rollout/support/worlds.ts';

test('a plan is said in the order in which it happens, hosts of which the same is said in one sentence', async () => {
  await using stage = await fakeStage({
    hosts: 2,
    hooks: { release: ['migrate'], afterSwitch: ['smoke'] },
    rollout: { bake: '90s' },
  });
  const { release } = await stage.deploy('one');
  await stage.write('two');
  const prepared = await prepareDeploy(stage.stage, {});
  const lines = planSentences(prepared);
  const old = release.split('-')[1];
  expect(lines).toEqual([
    expect.stringMatching(/^The plan for \w+ live: deploy release [0-9a-f]{7}: “.*”\.$/),
    `h1 and h2: 1 file (3 B) is sent on top of release ${old}.`,
    'Step 1 of 10: put the release on h1 and h2; nothing visible changes.',
    'Step 2 of 10: run on h1: “migrate”.',
    `Step 3 of 10: update bot.1 on h1 from release ${old}.`,
    'Step 4 of 10: watch for 1 minute and 30 seconds.',
    ...Array.from({ length: 6 }, () => expect.stringMatching(/^Step \d+ of 10: /) as string),
    'Once an instance is healthy: “smoke”.',
    'At most 1 of bot may be out at once. If an instance fails, everything goes back.',
  ]);
  expect(planSentences({ ...prepared, alreadyLive: true }).at(-1)).toMatch(/so there is nothing to do\.$/);
});

const STAGE = { app: 'greeter', stage: 'live', instances: ['bot.1@h1', 'bot.2@h1', 'bot.1@h2', 'bot.2@h2'] };
const WAYS = { reconcile: 'choose 8', unlock: 'choose 9', now: 1_000_000 };
const reading = (host: string, ...conditions: Parameters<typeof hostState>[1]): HostReading => {
  const releases = [{ ...record(NEW, 2, 'good'), subject: 'Greet people' }, record(OLD, 1, 'good')];
  return { type: 'read', host, state: { ...hostState(host, conditions), releases } };
};

/** The same, by a clock that is so much later; it was started at 0. */
const after = (now: number, one: HostReading): HostReading =>
  one.type === 'read' ? { ...one, state: { ...one.state, now } } : one;

describe('the state of a stage in sentences', () => {
  it('summarises what is well, host by host', () => {
    const fleet = mergeFleet(
      [after(3_600_000, reading('h1', 'new', 'new')), reading('h2', 'new', 'new')],
      STAGE.instances,
    );
    expect(fleetSentences(STAGE, fleet, WAYS)).toEqual([
      'greeter live is on release 1f0755f, “Greet people”; all 4 instances are healthy.',
      'h1: bot.1 and bot.2 are healthy, running for at least 1 hour.',
      'h2: bot.1 and bot.2 are healthy.',
    ]);
  });

  it('says one by one what is not well, what has drifted, and what to do', () => {
    const away: HostReading = { type: 'unreachable', host: 'h2', reason: 'h2 does not answer', mend: 'Try ssh h2' };
    const sick = reading('h1', 'new', 'sick');
    const fleet = mergeFleet([sick, away], STAGE.instances);
    expect(fleetSentences(STAGE, fleet, WAYS)).toEqual([
      'greeter live is on release 1f0755f, “Greet people”; 1 of 4 instances is healthy.',
      'h1: bot.1 is healthy.',
      'h1: bot.2 is not healthy; it is on release aaaaaaa.',
      'h2 cannot be reached: h2 does not answer. What to do: Try ssh h2.',
      'bot.2@h1 is on aaaaaaa; the stage is on 1f0755f.',
      '1 instance has drifted. To bring that back, choose 8.',
    ]);
  });

  it('says a lock once for all hosts that have it, and how to give a manual one free', () => {
    const owner = { who: 'ana', since: 700_000, why: 'lunch', state: 'paused', machine: '', boot: '', pid: 1 } as const;
    const lock = { ageMs: 4000, owner: { ...owner, rollout: 'manual-1' } };
    const locked = ['h1', 'h2'].map((host) => {
      const one = reading(host, 'new');
      return one.type === 'read' ? { ...one, state: { ...one.state, lock } } : one;
    });
    const lines = fleetSentences(STAGE, mergeFleet(locked, []), WAYS);
    expect(lines.filter((line) => line.includes('locked'))).toEqual([
      'live is locked by ana for 5 minutes: lunch. What to do: choose 9.',
    ]);
    expect(spokenLock({ ageMs: 4000, owner: { ...owner, rollout: 'r', state: 'held' } }, 1_000_000)).toBe(
      'ana for 5 minutes: lunch; the last sign of life came 4 seconds ago',
    );
    expect(spokenLock({ ageMs: 4000, owner: undefined }, 0)).toContain('nobody knows');
  });

  it('of slots says which takes the traffic, and takes an idle one for well', async () => {
    await using stage = await fakeStage({
      ...{ hosts: 1, instances: 1, rollout: { strategy: 'blue-green', approve: 'auto', bake: '0s', keepWarm: '1m' } },
      role: { slots: { blue: 5001, green: 5101 }, traffic: { haproxy: '/run/haproxy.sock', backend: 'bot' } },
    });
    await stage.deploy('one');
    const fleet = mergeFleet(await lookAtHosts(stage.stage), []);
    const ids = stage.stage.settings.instances.map(({ id }) => id);
    const lines = fleetSentences({ ...STAGE, instances: ids }, fleet, WAYS);
    expect(lines.some((line) => /^h1: bot\.blue\.1 is (healthy|well) and takes the traffic/.test(line))).toBe(true);
    expect(lines.some((line) => /^h1: bot\.green\.1 is idle/.test(line))).toBe(true);
  });
});

test('releases and the audit trail are a line each', () => {
  const base = {
    ...record(NEW, 2, 'good'),
    subject: 'Greet people',
    by: 'ana',
    at: 820_000,
    on: ['h1'],
    live: ['bot.1@h1'],
  };
  const old = { ...record(OLD, 1, 'good'), by: 'bob', on: ['h1'], live: [], notATarget: undefined };
  const bad = {
    ...old,
    id: `20261119T114205Z-${OLD.split('-')[1]}`,
    bad: 'it leaks',
    notATarget: 'marked bad: it leaks',
  };
  expect(releaseSentences([{ ...base, notATarget: 'it is live' }, old, bad], { now: 1_000_000 })).toEqual([
    'Release 1f0755f, made 3 minutes ago by ana: “Greet people”. It is live on 1 instance.',
    'Release aaaaaaa of 2026-11-20 11:42:05 by bob. It can be gone back to.',
    'Release aaaaaaa of 2026-11-19 11:42:05 by bob. It is marked bad: it leaks. It is no place to go back to: marked bad: it leaks.',
  ]);
  const told = { at: 0, by: 'ana', what: 'deploy', release: NEW, outcome: 'rolledBack', why: 'bot.1@h1: 503' };
  expect(historySentences([told, { at: 0, by: 'ana', what: 'unlock', outcome: 'released' }])).toEqual([
    '1970-01-01 at 00:00 UTC, ana: deploy of release 1f0755f, rolled back. bot.1@h1: 503.',
    '1970-01-01 at 00:00 UTC, ana: unlock, released.',
  ]);
});

test('a diagnosis counts what is well, and says one by one what is not', () => {
  const { ok, bad } = checksOf('disk');
  const hosts = [
    { host: 'fra-1', checks: [ok('9 GB are free'), ok('it can be written')] },
    { host: 'fra-2', checks: [ok('9 GB are free'), bad('no inode is free', 'Look at df -i')] },
  ];
  expect(doctorSentences({ hosts })).toEqual([
    'fra-1: all 2 checks are well.',
    'fra-2: 1 of 2 checks is well.',
    'Bad: fra-2, disk: no inode is free. What to do: Look at df -i.',
    '2 hosts: 1 bad, 0 warnings, 0 not known.',
  ]);
});

test('an error is said with its details and what to do; an end that was wished for is none', () => {
  const error = new RemoteError({
    code: 'X',
    message: 'fra-1 is away',
    detail: ['  no route'],
    mend: 'Look at the cable',
  });
  expect(troubleSentences(error)).toEqual(['Error: fra-1 is away.', 'no route.', 'What to do: Look at the cable.']);
  expect(troubleSentences(new Cancelled())).toEqual(['Interrupted: nothing was changed.']);
});

test('a sentence shortens release ids, but for those in paths and in what is quoted', () => {
  expect(sentence(`${NEW} is live`)).toBe('1f0755f is live.');
  expect(sentence(`Type “slipway rollback live --to ${NEW}”`)).toBe(`Type “slipway rollback live --to ${NEW}”.`);
  expect(sentence(`rm -r /srv/app/releases/${NEW}`)).toBe(`rm -r /srv/app/releases/${NEW}.`);
  expect(['Who?', 'It said “no.”', 'So:', 'a'].map(sentence)).toEqual(['Who?', 'It said “no.”', 'So:', 'a.']);
});

test.each([
  [400, 'less than a second'],
  [1000, '1 second'],
  [134_000, '2 minutes and 14 seconds'],
  [120_000, '2 minutes'],
  [3_660_000, '1 hour and 1 minute'],
  [180_000_000, '2 days and 2 hours'],
])('%d ms are said as %j', (ms, words) => {
  expect(spokenDuration(ms)).toBe(words);
});

test('hosts with the same instances are named together', () => {
  const ids = ['bot.1@a', 'bot.2@a', 'bot.1@b', 'bot.2@b', 'bot.1@c'];
  expect(spokenInstances(ids)).toBe('bot.1 and bot.2 on a and b, and bot.1 on c');
});
