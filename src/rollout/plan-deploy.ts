import { UserError } from '../base/errors.ts';
import type { SourceSettings } from '../config/settings.ts';
import { resolve } from 'node:path';
import { commitsBetween } from '../git/log.ts';
import type { Artifact } from '../release/artifact.ts';
import { releaseId } from '../release/id.ts';
import { expiredReleases } from '../release/retention.ts';
import { buildArtifact } from '../release/source.ts';
import { createDelivery, findLacks, hostPlan, type Lack, spareFor } from './deliver.ts';
import { instancesOf, liveRelease, mergeReleases } from './fleet.ts';
import { heldForward } from './irreversible.ts';
import { ledgerLine, recipeOf } from './ledger.ts';
import { isAlreadyLive, makePlan, type PlanInput } from './make-plan.ts';
import { whoAmI } from './owner.ts';
import { type HeadStart, headStart } from './head-start.ts';
import { leftoversOf } from './leftovers.ts';
import type { Kind, PlannedRelease } from './plan.ts';
import { type Among, type Prepared, purpose } from './prepared.ts';
import { requireRoom } from './room.ts';
import type { DeployOptions, FleetRelease } from './session.ts';
import { type Reading, readForRollout, requireReady, type Stage } from './stage.ts';
import { type Beside, readOthers, targets, unknownWarnings } from './targets.ts';

/** A deploy, or another kind of rollout whose release has to be made. */
export interface MakeOptions extends DeployOptions, Pick<PlanInput, 'approved'> {
  readonly kind?: Kind;
  /** All, when left out. */
  readonly among?: Among | undefined;
}

/** Builds, reads the hosts and plans. The build and the look at the hosts go on at the same time. */
export async function prepareDeploy(stage: Stage, options: MakeOptions): Promise<Prepared> {
  const hosts = targets(stage, options.only);
  // the hosts first: what is done here is done while the login goes back and forth
  const reading = readForRollout(stage, hosts, options.begins === 'soon' ? spareFor(stage.settings) : 'none');
  const building = build(stage, options).then((artifact) => ({
    artifact,
    ...headStart(stage, artifact, signalOf(options)),
  }));
  const beside = readOthers(stage, hosts);
  const [built, read] = await Promise.allSettled([building, reading]);
  // a mistake in the source is the user's to mend first
  if (built.status === 'rejected') throw built.reason;
  if (read.status === 'rejected') throw read.reason;
  requireReady(stage, read.value);
  return planArtifact(stage, options, { ...built.value, hosts, readings: read.value, beside: await beside });
}

function signalOf({ signal }: DeployOptions): AbortSignal {
  return signal ?? new AbortController().signal;
}

function build({ settings, cacheDir }: Stage, { ref, dir, signal, onBuildLine }: DeployOptions): Promise<Artifact> {
  const source: SourceSettings =
    dir === undefined ? settings.source : { type: 'dir', dir: resolve(dir), exclude: settings.source.exclude };
  return buildArtifact({ source, ref, cacheDir, signal, ...(onBuildLine ? { onOutput: onBuildLine } : {}) });
}

interface Built extends HeadStart {
  readonly beside: Beside;
  readonly artifact: Artifact;
  readonly hosts: readonly string[];
  readonly readings: readonly Reading[];
}

async function planArtifact(stage: Stage, options: MakeOptions, built: Built): Promise<Prepared> {
  const { settings, manifests } = stage;
  const { artifact, readings, hosts, beside, compare, packing } = built;
  const states = readings.map(({ state }) => state);
  const releases = mergeReleases([...states, ...beside.states]);
  const recipe = recipeOf(settings);
  const release = plannedRelease(stage, artifact, { releases, recipe, irreversible: options.irreversible });
  await manifests.keep(artifact.manifest);
  const [lacks, changes] = await Promise.all([
    findLacks(stage, states, { release: release.id, recipe, manifest: artifact.manifest, compare }),
    options.changes === 'left out' ? [] : changesSince(stage, artifact, releases),
  ]);
  const copied = settings.prepare.length > 0 ? 'whole' : 'by links';
  await requireRoom(stage, states, { lacks, release: release.id, next: artifact.manifest, copied });
  const planning: Planning = { release, recipe, lacks, artifact, beside };
  const replan = (now: readonly Reading[]) => planWith(stage, options, { ...planning, readings: now });
  const { plan, ledger } = replan(readings);
  const known = releases.find((one) => one.id === release.id);
  return {
    plan,
    // what is only to be marked still has to be
    alreadyLive: isAlreadyLive(plan, states) && known?.irreversible === release.irreversible,
    changes,
    hosts,
    readings,
    delivery: createDelivery({ artifact, packing, lacks, ledger, wasGood: known?.status === 'good' }),
    why: purpose(plan.kind, release.id),
    takes: undefined,
    replan,
  };
}

/** What the ledgers know, and what is to be added. */
interface Recorded {
  readonly releases: readonly FleetRelease[];
  readonly recipe: string;
  readonly irreversible: string | undefined;
}

/** The same files by the same recipe are the same release, whoever made them first. */
function plannedRelease(
  { clock }: Stage,
  { manifest, origin }: Artifact,
  { releases, recipe, irreversible }: Recorded,
): PlannedRelease {
  const same = releases.find(
    (one) => one.digest === manifest.digest && one.recipe === recipe && one.status !== 'preparing' && one.on.length > 0,
  );
  if (same?.bad !== undefined) {
    throw new UserError({
      code: 'SLIP_BAD_RELEASE',
      message: `${same.id} holds these very files and is marked bad: ${same.bad}.`,
    });
  }
  const revision = origin.type === 'git' ? origin.revision : undefined;
  return {
    id: same?.id ?? releaseId(clock.now(), revision ?? manifest.digest),
    revision,
    subject: origin.type === 'git' ? origin.subject : origin.dir,
    digest: manifest.digest,
    files: manifest.entries.length,
    bytes: manifest.entries.reduce((sum, entry) => sum + entry.size, 0),
    irreversible: irreversible ?? same?.irreversible,
  };
}

interface Planning {
  readonly release: PlannedRelease;
  readonly recipe: string;
  readonly lacks: readonly Lack[];
  readonly beside: Beside;
  readonly artifact: Artifact;
}

function planWith(
  { settings, clock }: Stage,
  options: MakeOptions,
  { release, recipe, lacks, artifact, beside, readings }: Planning & { readonly readings: readonly Reading[] },
) {
  const states = readings.map(({ state }) => state);
  const releases = mergeReleases([...states, ...beside.states]);
  const { revived, warnings } = leftoversOf(states);
  const prepare = settings.prepare.map((step) => step.run);
  const prune = pruneFor(settings.keepReleases, release, states);
  const plan = makePlan({
    kind: options.kind ?? 'deploy',
    settings,
    states,
    release,
    bystanders: instancesOf(beside.states),
    hosts: lacks.map((lack) => hostPlan(lack, { prepare, prune: prune.get(lack.host) ?? [] })),
    leftovers: revived,
    restart: options.restart ? 'always' : 'when needed',
    among: options.among?.(states),
    approved: options.approved,
    warnings: [
      ...sourceWarnings(artifact),
      ...sharedWarnings(settings.shared, artifact),
      ...unknownWarnings(beside),
      ...warnings,
      ...states.flatMap((state) =>
        state.findings
          .filter((one) => one.severity === 'warning')
          .map((one) => `${state.host}: ${one.what}. ${one.mend}`),
      ),
    ],
  });
  const ledger = ledgerLine({ status: 'preparing', release, recipe, releases, by: whoAmI(), now: clock.now() });
  return { plan: heldForward(plan), ledger, leftovers: revived };
}

function sourceWarnings({ origin }: Artifact): readonly string[] {
  if (origin.type !== 'git' || origin.leftOutCount === 0) return [];
  const more = origin.leftOutCount > 3 ? ` and ${origin.leftOutCount - 3} more` : '';
  return [
    `The working tree is not clean; what is not committed is not deployed: ${origin.leftOut.slice(0, 3).join(', ')}${more}.`,
  ];
}

function sharedWarnings(
  { files, dirs }: { files: readonly string[]; dirs: readonly string[] },
  { manifest }: Artifact,
) {
  const inTheWay = [...files, ...dirs].filter((path) =>
    manifest.entries.some((entry) => entry.path === path || entry.path.startsWith(`${path}/`)),
  );
  return inTheWay.map((path) => `${path} is in the release and shared: the shared one is used.`);
}

/** What each host may delete once this release is good. */
function pruneFor(keepReleases: number, release: PlannedRelease, states: readonly Reading['state'][]) {
  const releases = mergeReleases(states);
  const sequence = Math.max(0, ...releases.map((one) => one.sequence)) + 1;
  const asGood = releases.map((one) => (one.id === release.id ? { ...one, status: 'good' as const, sequence } : one));
  const added = asGood.some((one) => one.id === release.id) ? asGood : [...asGood, newRecord(release, sequence)];
  const inUse = new Set(instancesOf(states).flatMap((instance) => instance.current ?? []));
  const expired = expiredReleases({ releases: added, keepReleases, inUse, deploying: release.id });
  return new Map(
    states.map((state) => [state.host, expired.filter((id) => state.releases.some((one) => one.id === id))] as const),
  );
}

function newRecord({ id, revision, subject, digest }: PlannedRelease, sequence: number): FleetRelease {
  const unknown = { recipe: undefined, by: '', at: 0, bad: undefined, irreversible: undefined };
  const facts = { id, revision, subject, digest, sequence, ...unknown };
  return { ...facts, status: 'good', kept: false, present: true, on: [], live: [], notATarget: undefined };
}

async function changesSince({ settings }: Stage, { origin }: Artifact, releases: readonly FleetRelease[]) {
  const from = liveRelease(releases)?.revision;
  if (settings.source.type !== 'git' || origin.type !== 'git' || from === undefined) return [];
  return commitsBetween(settings.source.repository, { from, to: origin.revision });
}
