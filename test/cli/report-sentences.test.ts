import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/analysis/finding.ts';
import type { Judged } from '../../src/analysis/watch.ts';
import { createSentenceReport } from '../../src/cli/report/sentences.ts';
import type { EventBody } from '../../src/rollout/events.ts';
import { fakeStage } from '../rollout/support/fake-stage.ts';
import { NEW, OLD } from '../rollout/support/worlds.ts';

/** What is said of events, each a second after the one before. */
function said(...bodies: readonly EventBody[]): readonly string[] {
  const lines: string[] = [];
  const report = createSentenceReport((line) => lines.push(line));
  bodies.forEach((body, index) =>
    report({
      v: 1,
      source: 'controller',
      seq: index + 1,
      t: 1000 * (index + 1),
      rollout: 'r1',
      ...body,
    }),
  );
  return lines;
}

const state = (name: string, release?: string, reason = '') =>
  ({ type: 'instance.state', instance: 'bot.1@fra-1', state: name, release, reason }) as EventBody;
const probe = (attempt: number, healthy: boolean, healthyMs = 0): EventBody => ({
  ...{ type: 'probe.sample', instance: 'bot.1@fra-1', attempt, healthyMs, neededMs: 10_000 },
  sample: { healthy, outcome: healthy ? '200' : 'connection refused', latencyMs: 1 },
});
const FINDING: Finding = {
  ...{ metric: 'latency', weight: 'critical', outcome: 'fail', canary: '140 ms', baseline: '61 ms', n: [40, 120] },
  ...{ p: 0.00001, ratio: 2.295, threshold: '1.5 x', why: 'it takes longer' },
};
const judged = (verdict: 'Running' | 'Failed'): EventBody & Judged => ({
  ...{ type: 'analysis.verdict', role: 'bot', canaries: ['bot.1@a'], baselines: ['bot.2@a', 'bot.2@b'] },
  look: { verdict, reason: verdict === 'Running' ? 'still watching' : 'latency: it takes longer', findings: [FINDING] },
});
const plan = {} as Extract<EventBody, { type: 'rollout.planned' }>['plan'];

/** What is said of an event of each kind. */
const SAID: Readonly<Record<EventBody['type'], readonly [EventBody, ...string[]]>> = {
  'rollout.planned': [{ type: 'rollout.planned', plan: { ...plan, steps: [] } }],
  'rollout.started': [{ type: 'rollout.started' }],
  'rollout.phase': [
    { type: 'rollout.phase', phase: 'RollingBack', reason: 'bot.1@fra-1 is not healthy' },
    'The rollout goes back: bot.1@fra-1 is not healthy.',
  ],
  'rollout.step': [{ type: 'rollout.step', index: 2, of: 4, title: 'stage on fra-1' }, 'Step 2 of 4: stage on fra-1.'],
  'rollout.paused': [
    { type: 'rollout.paused', reasons: ['gate'], reason: 'it waits for approval' },
    'The rollout is paused: it waits for approval.',
  ],
  'rollout.resumed': [
    { type: 'rollout.resumed', by: 'ana@laptop', accepted: 'inconclusive', why: 'looks fine' },
    'ana@laptop lets it go on, and takes it for good enough: looks fine.',
  ],
  'rollout.asked': [
    { type: 'rollout.asked', id: 'a', intent: { type: 'pause' }, by: 'bob@desk', refused: 'it is over' },
    'bob@desk asks to pause; not now: it is over.',
  ],
  'rollout.finished': [{ type: 'rollout.finished', phase: 'Succeeded', reason: 'live', exitCode: 0 }],
  'host.connected': [{ type: 'host.connected', host: 'fra-1' }],
  'host.lost': [{ type: 'host.lost', host: 'fra-1', reason: 'the line is dead' }, 'fra-1: the line is dead.'],
  'host.skipped': [
    { type: 'host.skipped', host: 'fra-1', by: 'ana' },
    'fra-1 is skipped by ana: the rest of it stays as it is.',
  ],
  'host.ready': [
    { type: 'host.ready', host: 'fra-1', release: NEW, reused: false },
    'fra-1 has received the release, and it is verified.',
  ],
  'sync.progress': [{ type: 'sync.progress', host: 'fra-1', sent: 0, total: 9e6 }, 'fra-1: sending 9.0 MB.'],
  'prepare.started': [
    { type: 'prepare.started', host: 'fra-1', run: 'npm ci' },
    'fra-1 prepares the release: “npm ci”.',
  ],
  'prepare.finished': [
    { type: 'prepare.finished', host: 'fra-1', run: 'npm ci', reused: false },
    'fra-1 has done: “npm ci”.',
  ],
  'hook.started': [{ type: 'hook.started', host: 'fra-1', run: 'migrate' }, 'fra-1 runs the hook “migrate”.'],
  'hook.finished': [{ type: 'hook.finished', host: 'fra-1', run: 'migrate' }, 'fra-1 has run the hook “migrate”.'],
  'hook.output': [{ type: 'hook.output', host: 'fra-1', line: '3 tables' }, 'fra-1 says: “3 tables”.'],
  'instance.state': [state('failed', NEW, 'it crashed'), 'fra-1: bot.1 has failed: it crashed.'],
  'instance.evidence': [
    { type: 'instance.evidence', instance: 'bot.1@fra-1', part: 'log', lines: ['starting', 'out of memory'] },
    'fra-1: bot.1, its log, 2 lines:',
    '“starting”.',
    '“out of memory”.',
  ],
  'probe.sample': [probe(1, false), 'fra-1: bot.1 is not healthy at attempt 1: connection refused.'],
  'bake.started': [
    { type: 'bake.started', until: 301_000, instances: ['a', 'b'] },
    'Watching 2 instances for 5 minutes.',
  ],
  'bake.finished': [{ type: 'bake.finished' }],
  'analysis.started': [
    {
      ...{ type: 'analysis.started', began: 0, until: 61_000, stableFrom: undefined, release: NEW, sampleEveryMs: 1 },
      roles: [{ role: 'bot', canaries: ['bot.1@a'], baselines: [], against: 'others' }],
    },
    'Watching 1 canary for 1 minute.',
  ],
  'analysis.sample': [{ type: 'analysis.sample', host: 'fra-1', samples: [] }],
  'analysis.verdict': [
    judged('Failed'),
    'bot: the new instances are worse than the others: latency: it takes longer. Compared: bot.1 on a with bot.2 on a and b.',
    'latency fails: 140 ms on the new ones and 61 ms on the others, 2.3 times as much, from 40 and 120 values; the chance of that is less than 0.0001; it fails at 1.5 x; it takes longer.',
  ],
  'gate.opened': [{ type: 'gate.opened', gate: 'promote' }, 'Waiting for approval.'],
  'gate.passed': [{ type: 'gate.passed', gate: 'promote', by: 'ana', why: '' }, 'ana approves.'],
  'traffic.switched': [
    { type: 'traffic.switched', host: 'fra-1', role: 'web', to: 'green' },
    'fra-1: the traffic of web goes to green now.',
  ],
  'log.line': [{ type: 'log.line', instance: 'bot.1@fra-1', line: 'ready' }, 'fra-1: bot.1 logs: “ready”.'],
  'lock.taken': [{ type: 'lock.taken', host: 'fra-1' }],
  'lock.takenOver': [
    { type: 'lock.takenOver', host: 'fra-1', from: 'r0', found: 'bob' },
    'fra-1: the lock of bob is taken over.',
  ],
  'lock.released': [{ type: 'lock.released', host: 'fra-1' }],
  'release.pruned': [
    { type: 'release.pruned', host: 'fra-1', releases: [OLD, NEW] },
    'fra-1 has deleted old releases: aaaaaaa and 1f0755f.',
  ],
  warning: [
    { type: 'warning', host: 'fra-1', message: 'It is slow.', mend: 'Look at the disk' },
    'Warning: fra-1: It is slow. What to do: Look at the disk.',
  ],
};

describe('the report in sentences', () => {
  it.each(Object.entries(SAID))('says of %s what a screen reader can read aloud', (_type, [event, ...lines]) => {
    expect(said(event)).toEqual(lines);
  });

  it('says how long an instance took to become healthy, and not each step on the way', () => {
    expect(
      said(
        state('switched', NEW),
        state('starting'),
        state('verifying'),
        probe(1, false),
        probe(2, false),
        probe(3, true),
        {
          ...(state('updated', NEW) as Extract<EventBody, { type: 'instance.state' }>),
          proof: 'proven',
        },
      ),
    ).toEqual([
      'fra-1: bot.1 is switched to release 1f0755f.',
      'fra-1: bot.1 is not healthy at attempt 1: connection refused.',
      'fra-1: bot.1 answers well (200), and must do so for 10 seconds.',
      'fra-1: bot.1 is healthy after 6 seconds and runs release 1f0755f.',
    ]);
  });

  it('says a look at canaries again only when it says something else', () => {
    expect(said(judged('Running'), judged('Running'), judged('Failed'), judged('Failed'))).toHaveLength(3);
    expect(said(judged('Running'))).toEqual([
      'bot: still watching; latency is 140 ms on the new ones and 61 ms on the others, it takes longer.',
    ]);
  });

  it('tells of an upload every ten seconds, and of a small one not at all', () => {
    const sync = (sent: number, total: number): EventBody => ({ type: 'sync.progress', host: 'fra-1', sent, total });
    const slow = Array.from({ length: 25 }, (_, second) => sync(second * 1e5, 9e6));
    expect(said(...slow)).toEqual([
      'fra-1: sending 9.0 MB.',
      'fra-1: 1.0 MB of 9.0 MB sent, 1 minute and 20 seconds left.',
      'fra-1: 2.0 MB of 9.0 MB sent, 1 minute and 10 seconds left.',
    ]);
    expect(said(sync(0, 5000), sync(5000, 5000))).toEqual([]);
  });

  it('of a whole rollout has a sentence on every line', async () => {
    await using stage = await fakeStage({
      hooks: { release: ['migrate'], afterRollout: ['greet'] },
      rollout: { bake: '1m' },
    });
    await stage.deploy('one');
    stage.host('h2').behave = () => 'unhealthy';
    const { events } = await stage.deploy('two');
    const lines: string[] = [];
    events.forEach(createSentenceReport((line) => lines.push(line)));
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.filter((line) => !/[.!?:]["”)]?$/.test(line))).toEqual([]);
    expect(lines.some((line) => /^h2: bot\.1 is back on release \w+: not healthy within 2m\.$/.test(line))).toBe(true);
  });
});
