import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootHosts, canBootHosts, type Hosts } from '../test/hosts/hosts.ts';
import { type App, makeApp } from './app/app.ts';
import { invented, INVENTED_ORIGIN } from './app/invented.ts';
import { published, PUBLISHED_ORIGIN } from './app/published.ts';
import { describe, setLine } from './conditions.ts';
import { type ContenderName, installContenders, type Maker, versionsOf } from './contenders/all.ts';
import type { Contender } from './contenders/contender.ts';
import { serveRepository } from './contenders/git-daemon.ts';
import type { SlipwayContender } from './contenders/slipway.ts';
import { command } from './measuring/command.ts';
import { logSessions } from './measuring/logins.ts';
import { machineFacts, settle } from './measuring/machine.ts';
import { measure } from './measuring/measure.ts';
import { makeUsage } from './measuring/usage.ts';
import { measureFlips } from './parts/flip-back.ts';
import { measureLogs } from './parts/logs.ts';
import { measureCrowd, measureMany } from './parts/many.ts';
import { measureOpenSession } from './parts/open-session.ts';
import { measureTui } from './parts/tui.ts';
import { type BenchPlan, isOnlyLogs, needsHosts, type PlannedComparison, planOf, USAGE } from './plan.ts';
import { textOf, writeDocument } from './reporting/document.ts';
import { type Comparison, type Findings, USUAL } from './reporting/findings.ts';
import { verdictsOn } from './reporting/verdicts.ts';
import type { Site } from './site.ts';

/**
 * Measures deploys to real hosts beside `ssh HOST true`, rsync and deploy tools, and the full-screen program on terminals,
 * and says whether the promises are kept: exit 0 when they are, 1 when not. What it takes: `USAGE` in plan.ts.
 */

/** What the client writes is kept off the disk of the hosts, whose syncs would wait for it: elsewhere these are two machines. */
const MEMORY = '/dev/shm';
const root = join(import.meta.dirname, '..');

type Deploys = Omit<Findings, 'machine' | 'tui'> & { readonly quiet: readonly string[] };

const NO_DEPLOYS: Deploys = {
  ...{ app: undefined, openSession: undefined, many: undefined, crowd: undefined, logs: undefined },
  ...{ comparisons: [], flips: [], quiet: [] },
};

const say = (line = ''): void => void process.stdout.write(`${line}\n`);
const mutter = (line: string): void => void process.stderr.write(`${line}\n`);

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => interrupted.abort(new Error(`Interrupted by ${signal}.`)));
}

try {
  const plan = planOf(process.argv.slice(2));
  if (plan) process.exitCode = await bench(plan, interrupted.signal);
  else say(USAGE);
} catch (error) {
  const reason: unknown = interrupted.signal.aborted ? interrupted.signal.reason : error;
  mutter(reason instanceof Error ? reason.message : String(reason));
  process.exitCode = interrupted.signal.aborted ? 130 : 2;
}

async function bench(plan: BenchPlan, signal: AbortSignal): Promise<number> {
  const refusal = needsHosts(plan) ? canBootHosts() : undefined;
  if (refusal !== undefined) throw new Error(refusal);
  const names = new Set(plan.comparisons.flatMap(({ contenders }) => contenders));
  const makers = await installContenders(names, { say, signal });
  await using places = await makePlaces(signal);
  // first what is short: should it fail, then not after an hour
  const screens = await measureScreens(plan, places, signal);
  const deploys = needsHosts(plan) ? await measureDeploys(plan, { makers, places, signal }) : NO_DEPLOYS;
  const versions = await versionsOf([...makers.keys()], process.versions.node);
  const machine = [machineFacts(), ...screens.quiet, ...deploys.quiet].join('; ');
  const lines = [machine, versions.join('; ')].filter((line) => line !== '').map((line) => `${line}.`);
  const findings = { ...deploys, tui: screens.tui, machine: lines };
  textOf(findings).forEach(say);
  if (plan.document === 'written') await writeDocument(join(root, 'docs/bench.md'), findings);
  return verdictsOn(findings).every(({ kept }) => kept) ? 0 : 1;
}

/** Before any host runs, which would want its share of the cores. */
async function measureScreens({ tui: plan, patienceMs }: BenchPlan, { bundle }: Places, signal: AbortSignal) {
  if (!plan) return { tui: undefined, quiet: [] };
  const quiet = [await settle(patienceMs)];
  return { quiet, tui: await measureTui({ program: bundle, plan, signal, say: mutter }) };
}

interface Means {
  readonly makers: Stand['makers'];
  readonly places: Places;
  readonly signal: AbortSignal;
}

async function measureDeploys(plan: BenchPlan, { makers, places, signal }: Means): Promise<Deploys> {
  const app = await chooseApp(plan, places.folder, signal);
  const counts = plan.comparisons.map(({ conditions }) => conditions.hosts);
  const count = Math.max(...counts, plan.logs ? USUAL.hosts : 1);
  say(`Booting ${count === 1 ? 'one host' : `${count} hosts`}`);
  await using hosts = await bootHosts({ count, rttMs: USUAL.rttMs });
  await logSessions(hosts.list);
  await using stack = new AsyncDisposableStack();
  stack.use(await serveRepository(app.repository, signal));
  await using usage = makeUsage();
  const quiet = await settle(plan.patienceMs);
  const { sshConfigFile } = hosts;
  const site = { hosts: hosts.list, sshConfigFile, app, folder: places.folder, usage, signal };
  const stand: Stand = { hosts, site, makers, bundle: places.bundle };
  const parts = await measureParts(stand, plan);
  const logs = plan.logs && (await measureLogs(site, { bundle: places.bundle, plan: plan.logs, say: mutter }));
  const comparisons: Comparison[] = [];
  for (const planned of plan.comparisons) comparisons.push(await compare(stand, planned));
  const deployed = isOnlyLogs(plan) ? undefined : app;
  return { app: deployed, comparisons, ...parts, logs, quiet: [quiet] };
}

interface Stand {
  readonly hosts: Hosts;
  readonly site: Site;
  readonly makers: ReadonlyMap<ContenderName, Maker>;
  /** The built program. */
  readonly bundle: string;
}

type Contenders = (Contender | SlipwayContender)[];

async function compare({ hosts, site, makers, bundle }: Stand, planned: PlannedComparison): Promise<Comparison> {
  const { conditions, operations } = planned;
  mutter(`${describe(conditions)}:`);
  await setLine(hosts, conditions);
  await using folder = await makeFolder(site.folder);
  const own = { ...site, folder: folder.path, hosts: site.hosts.slice(0, conditions.hosts) };
  await using stack = new AsyncDisposableStack();
  const contenders: Contenders = [];
  for (const name of planned.contenders) {
    const make = makers.get(name);
    if (make) contenders.push(stack.use(await make(own, bundle)));
  }
  const results = await measure({ ...planned, site: own, contenders, say: mutter });
  const told = contenders.flatMap((one) => ('told' in one ? one.told : []));
  return { conditions, operations, results, told };
}

async function measureParts(
  { hosts, site, bundle }: Stand,
  { openSessionRounds, manyRounds, flipRounds }: BenchPlan,
): Promise<Pick<Findings, 'openSession' | 'many' | 'crowd' | 'flips'>> {
  await setLine(hosts, USUAL);
  if (openSessionRounds > 0) mutter('with the connections open already');
  const openSession = openSessionRounds > 0 ? await measureOpenSession(site, bundle, openSessionRounds) : undefined;
  if (flipRounds > 0) mutter('back to a warm slot');
  const flips = flipRounds > 0 ? await measureFlips(site, bundle, flipRounds) : [];
  if (manyRounds === 0) return { openSession, flips, many: undefined, crowd: undefined };
  mutter('fifty hosts');
  const many = await measureMany(site, bundle, manyRounds);
  mutter('fifty connections to one server');
  return { openSession, flips, many, crowd: await measureCrowd(site, bundle) };
}

/** Real content where the registry of npm can be reached. */
async function chooseApp(plan: BenchPlan, folder: string, signal: AbortSignal): Promise<App> {
  const repository = join(folder, 'app');
  await mkdir(repository);
  if (plan.app === 'published' && !isOnlyLogs(plan)) {
    try {
      const write = await published(repository, signal);
      return await makeApp({ origin: PUBLISHED_ORIGIN, repository, write, signal });
    } catch (error) {
      if (signal.aborted) throw error;
      say(`No package from npm, so files of its own making: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return makeApp({ origin: INVENTED_ORIGIN, repository, write: invented(repository), signal });
}

interface Places extends AsyncDisposable {
  readonly folder: string;
  /** The built program, in a folder that a build in the meantime leaves alone. */
  readonly bundle: string;
}

async function makePlaces(signal: AbortSignal): Promise<Places> {
  // below node_modules, since the bundle looks for ssh2 above itself
  const built = join(root, 'node_modules/.cache', `slipway-bench-${process.pid}`);
  await command([process.execPath, 'scripts/build.ts', built], { cwd: root, signal });
  // as in the package: without it Node reads every file twice to find out what it is
  await writeFile(join(built, 'package.json'), '{"type":"module"}\n');
  const { path: folder } = await makeFolder(existsSync(MEMORY) ? MEMORY : tmpdir());
  return {
    folder,
    bundle: join(built, 'slipway.js'),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([folder, built].map((path) => rm(path, { recursive: true, force: true })));
    },
  };
}

async function makeFolder(parent: string): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(parent, 'slipway-bench-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
