import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Plan } from '../../src/rollout/plan.ts';
import { expectWhole, lockedHosts, resume, settle, type Way } from './support/aftermath.ts';
import { onHosts } from './support/facts.ts';
import { ALL_AT_ONCE, type Fault, ROLLING } from './support/fault-points.ts';
import { makeSite, QUICK, type Site, type SiteOptions, STAGE } from './support/site.ts';
import type { Finished, Running } from './support/slipway.ts';
import { isSoak } from '../support/soak.ts';

/** A strategy, on hosts of its own, and where slipway is killed while it follows it. */
interface Scene {
  readonly strategy: string;
  readonly site: SiteOptions;
  readonly faults: readonly Fault[];
}

const SCENES: readonly Scene[] = [
  scene('rolling', { port: 6560, hosts: ['fra-1', 'fra-2'], rollout: { bake: '500ms' }, faults: ROLLING }),
  scene('all-at-once', { port: 6670, hosts: ['fra-3', 'fra-4'], rollout: {}, faults: ALL_AT_ONCE }),
];

interface Staging extends Pick<Scene, 'faults'> {
  readonly port: number;
  readonly hosts: readonly [string, string];
  readonly rollout: Readonly<Record<string, unknown>>;
}

/** An app with hooks and, in the long run, more of everything. A release whose verdict is bad fails on the last host. */
function scene(strategy: string, { port, hosts: [first, last], rollout, faults }: Staging): Scene {
  const app = `faults-${strategy}`;
  const site: SiteOptions = {
    app,
    port,
    hosts: { [first]: isSoak ? 2 : 1, [last]: 1 },
    role: { service: { systemd: `${app}-{stage}@{instance}` }, health: { ...QUICK, healthyDeadline: '4s' } },
    config: {
      rollout: { ...rollout, strategy, bwlimit: '2M' },
      ...(isSoak ? { prepare: [{ run: 'sleep 0.2; cp number built', inputs: ['number'], outputs: ['built'] }] } : {}),
      hooks: {
        release: ['echo migrating; sleep 0.3; echo "$SLIPWAY_RELEASE" >>../../migrated'],
        afterSwitch: [`[ "$(cat verdict)" != bad ] || [ "$SLIPWAY_HOST" != ${last} ]`],
        afterRollout: ['sleep 0.2'],
      },
    },
  };
  return { strategy, site, faults };
}

describe.each(SCENES.filter(({ faults }) => faults.some(isDue)))(
  'slipway killed in the middle of a rollout ($strategy)',
  ({ site: options, faults }) => {
    let site: Site;
    let good = '';

    beforeAll(async () => {
      site = await makeSite(options);
      good = await site.release();
    });
    afterAll(() => site[Symbol.asyncDispose]());

    const chosen = faults.map((fault, index) => ({ ...fault, way: WAYS[index % WAYS.length]! }));

    test.each(chosen.filter(isDue))('$during, at $at: $way', async ({ way, ...fault }) => {
      const when = `${fault.during}, killed at ${fault.at}, then ${way}`;
      try {
        good = (await before(site, fault, options)) ?? good;
        const killed = await killAt(site, fault);
        await settle(site, `${when}\n${killed.output}`);
        const held = await lockedHosts(site);
        const resumed = await resume(site, way);
        const told = `${when}\n${killed.output}\n-- resumed\n${resumed.output}`;
        const out = held.length > 0 ? wayOut(fault, way, { good, killed, resumed }) : await notHeld(site);
        expect(resumed.code, told).toBe(out.code);
        await expectWhole(site, out.release, told);
      } finally {
        // with nobody's help
        good = await site.release();
      }
      await expectWhole(site, good, `${when}, then a deploy`);
      expect(await twiceMigrated(site), when).toEqual([]);
    });
  },
);

const WAYS: readonly Way[] = ['continue', 'rollback'];

function isDue({ always }: Fault): boolean {
  return isSoak || always === true;
}

/** Starts what the fault is about, and kills it there. */
async function killAt(site: Site, { during, is, nth }: Fault): Promise<Finished> {
  const blob = randomBytes(isSoak ? 600_000 : 1000).toString('base64');
  if (during !== 'rollback') await site.project.commit({}, { blob, verdict: during === 'failing' ? 'bad' : 'good' });
  const command = during === 'rollback' ? 'rollback' : 'deploy';
  const running = site.start(command, STAGE, '--yes', '--json');
  if (during !== 'resume') {
    const killed = await killOnce(running, () => running.until(is, nth));
    // what comes next is to be good
    if (during === 'failing') await site.project.commit({}, { verdict: 'good' });
    return killed;
  }
  await killOnce(running, () => running.until(({ type }) => type === 'bake.started'));
  const resuming = site.start('resume', STAGE, '--continue', '--yes', '--json');
  return killOnce(resuming, () => resuming.until(is, nth));
}

async function killOnce(running: Running, moment: () => Promise<unknown>): Promise<Finished> {
  await moment();
  running.kill('SIGKILL');
  return running.finished;
}

/** What the fault needs to stand beforehand: one more instance than hosts.json will want, or something to go back to. */
async function before(site: Site, { during }: Fault, { hosts }: SiteOptions): Promise<string | undefined> {
  if (during === 'rollback') return site.release();
  if (during !== 'shrinking') return undefined;
  const more = Object.fromEntries(Object.entries(hosts).map(([name, count], index) => [name, count + index]));
  await site.configure({ hosts: more });
  return site.release().finally(() => site.configure({ hosts }));
}

interface Out {
  readonly code: number;
  readonly release: string;
}

interface Runs {
  /** What ran before. */
  readonly good: string;
  readonly killed: Finished;
  readonly resumed: Finished;
}

/** What `resume` has to come to: a deploy that fails goes back by itself, and a rollback is never gone back from. */
function wayOut({ during }: Fault, way: Way, { good, killed, resumed }: Runs): Out {
  const wanted = planOf(killed)?.release;
  if (during === 'rollback') return { code: 0, release: wanted!.id };
  if (way === 'rollback') return { code: 0, release: good };
  if (during === 'failing') return { code: 4, release: good };
  // no host had it whole: it was made again, of the same files
  const { id, digest } = planOf(resumed)?.release ?? wanted!;
  return { code: 0, release: digest === wanted!.digest ? id : `what holds ${wanted!.digest}` };
}

function planOf(run: Finished): Plan | undefined {
  return run.lines('rollout.planned')[0]?.plan;
}

/** It had not begun, or was over: there is nothing to resume, and one release is everywhere. */
async function notHeld(site: Site): Promise<Out> {
  const [release] = Object.values(await site.serving());
  return { code: 2, release: release! };
}

/** Releases whose hook has been run to its end more than once. */
async function twiceMigrated(site: Site): Promise<readonly string[]> {
  const ran = await onHosts(site.hosts, `cat ${site.deployTo}/migrated 2>/dev/null || true`);
  const lines = ran.flatMap((text) => text.split('\n').filter((line) => line !== ''));
  return lines.filter((line, index) => lines.indexOf(line) !== index);
}
