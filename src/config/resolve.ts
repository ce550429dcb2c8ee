import { dirname, resolve } from 'node:path';
import { parseDuration } from '../base/duration.ts';
import { parseRate } from '../base/rate.ts';
import { Bug } from '../base/errors.ts';
import { parseAddress } from './address.ts';
import { resolveAlerts } from './alerts.ts';
import { resolveAnalysis } from './analysis.ts';
import { checkCanary } from './canary.ts';
import { checkCollisions, type Resolved } from './collisions.ts';
import { DEFAULTS } from './defaults.ts';
import { checkTimes } from './health.ts';
import { resolveInstances } from './instances.ts';
import type { Path } from './json.ts';
import { deployToProblem, tidy } from './paths.ts';
import { fill, inShell, type Values } from './placeholders.ts';
import type { HostEntry } from './schema.ts';
import type { RolloutEntry, ShareEntry } from './schema-rollout.ts';
import type {
  BakeSettings,
  HookSettings,
  HostSettings,
  PrepareSettings,
  RolloutSettings,
  Settings,
  Share,
} from './settings.ts';
import { resolveShared } from './shared.ts';
import { resolveProxies } from './proxies.ts';
import { resolveSource } from './source.ts';
import { toWebhook } from './webhook.ts';
import { mergeStage, type Sheet, type Stage } from './stage.ts';

/** Every stage of a valid config; what contradicts itself goes to `sheet.mistakes`. */
export function resolveStages(sheet: Sheet, file: string): readonly Settings[] {
  const stages = Object.keys(sheet.config.stages).map((name): Resolved => {
    const stage = mergeStage(sheet, name);
    return { stage, settings: resolveStage(stage, file) };
  });
  // A name that could not be filled in would collide with its like and hide what is really wrong.
  if (!sheet.mistakes.any) checkCollisions(stages, sheet.mistakes);
  return stages.map(({ settings }) => settings);
}

function resolveStage(stage: Stage, file: string): Settings {
  const { entry } = stage;
  checkTimes(stage);
  const hosts = entry.hosts.map((host, index) => resolveHost(stage, host, index));
  const instances = resolveInstances(stage, hosts);
  checkCanary(stage, instances);
  return {
    app: stage.app,
    stage: stage.name,
    protected: entry.protected ?? false,
    file: resolve(file),
    source: resolveSource(stage, dirname(resolve(file))),
    prepare: resolvePrepare(stage),
    keepReleases: entry.keepReleases ?? DEFAULTS.keepReleases,
    shared: resolveShared(stage),
    hooks: resolveHooks(stage),
    rollout: resolveRollout(stage),
    alerts: resolveAlerts(stage),
    notify: (entry.notify ?? []).map(({ webhook }) => toWebhook(webhook)),
    hosts,
    proxies: resolveProxies(stage, instances),
    instances,
  };
}

function resolveHost(stage: Stage, entry: HostEntry, index: number): HostSettings {
  const path = ['hosts', index];
  const values: Values = { app: stage.app, stage: stage.name, host: entry.name };
  const twin = stage.entry.hosts.findIndex((other) => other.name === entry.name);
  if (twin < index) {
    const other = stage.placeOf(['hosts', twin, 'name']);
    stage.mistake([...path, 'name'], `another host of this stage is named "${entry.name}" (${other}).`);
  }
  const address = parseAddress(entry.address);
  if ('problem' in address) throw new Bug(`The schema let an address pass: ${address.problem}`);
  const ownFolder = entry.deployTo === undefined ? undefined : { path: [...path, 'deployTo'], text: entry.deployTo };
  return {
    name: entry.name,
    address,
    deployTo: resolveDeployTo(stage, values, ownFolder ?? { path: ['deployTo'], text: stage.entry.deployTo }),
    path: (stage.entry.path ?? []).map((folder, i) =>
      fill(folder, values, (message) => stage.mistake(['path', i], message)),
    ),
    transport: entry.transport ?? stage.entry.transport,
  };
}

function resolveDeployTo(stage: Stage, values: Values, written: { path: Path; text: string | undefined }): string {
  if (written.text === undefined) {
    stage.mistake(
      written.path,
      'is missing. Write it above the stages, for all of them: "deployTo": "/srv/{app}-{stage}".',
    );
    return '/';
  }
  const problems: string[] = [];
  const folder = fill(written.text, values, (message) => problems.push(message));
  if (problems.length === 0) problems.push(...[deployToProblem(folder)].filter((each) => each !== undefined));
  for (const problem of problems) stage.mistake(written.path, problem);
  return tidy(folder);
}

function resolvePrepare(stage: Stage): PrepareSettings[] {
  const values: Values = { app: stage.app, stage: stage.name };
  return (stage.entry.prepare ?? []).map((step, index) => {
    const filled = (text: string, key: string | number, rest: Path = []) =>
      fill(text, key === 'run' ? inShell(values) : values, (message) =>
        stage.mistake(['prepare', index, key, ...rest], message),
      );
    return {
      run: filled(step.run, 'run'),
      inputs: (step.inputs ?? []).map((path, i) => tidy(filled(path, 'inputs', [i]))),
      outputs: (step.outputs ?? []).map((path, i) => tidy(filled(path, 'outputs', [i]))),
      key: step.key === undefined ? undefined : filled(step.key, 'key'),
      timeoutMs: parseDuration(step.timeout ?? DEFAULTS.prepareTimeout)!,
    };
  });
}

const HOOKS = ['release', 'beforeSwitch', 'afterSwitch', 'afterRollout'] as const;

function resolveHooks(stage: Stage): HookSettings {
  const { hooks = {} } = stage.entry;
  const values = inShell({ app: stage.app, stage: stage.name });
  const filled = (kind: (typeof HOOKS)[number]) =>
    (hooks[kind] ?? []).map((text, index) =>
      fill(text, values, (message) => stage.mistake(['hooks', kind, index], message)),
    );
  const [release, beforeSwitch, afterSwitch, afterRollout] = HOOKS.map(filled) as [
    string[],
    string[],
    string[],
    string[],
  ];
  const timeoutMs = parseDuration(hooks.timeout ?? DEFAULTS.hookTimeout)!;
  return { release, beforeSwitch, afterSwitch, afterRollout, timeoutMs };
}

function resolveRollout(stage: Stage): RolloutSettings {
  const { rollout = {} } = stage.entry;
  const strategy = rollout.strategy ?? 'rolling';
  const isWatched = strategy === 'canary' || strategy === 'blue-green';
  return {
    strategy,
    canary: toShare(rollout.canary ?? DEFAULTS.canary),
    approve: rollout.approve ?? DEFAULTS.approve,
    keepWarmMs: parseDuration(rollout.keepWarm ?? DEFAULTS.keepWarm)!,
    batch: toShare(rollout.batch ?? DEFAULTS.batch),
    maxUnavailable: toShare(rollout.maxUnavailable ?? DEFAULTS.maxUnavailable),
    maxFailures: rollout.maxFailures ?? DEFAULTS.maxFailures,
    onFailure: rollout.onFailure ?? DEFAULTS.onFailure,
    bake: resolveBake(rollout.bake ?? (isWatched ? DEFAULTS.watch : DEFAULTS.bake)),
    analysis: resolveAnalysis(stage),
    progressDeadlineMs: parseDuration(rollout.progressDeadline ?? DEFAULTS.progressDeadline)!,
    bwlimit: rollout.bwlimit === undefined ? undefined : parseRate(rollout.bwlimit)!,
    parallel: rollout.parallel ?? DEFAULTS.parallel,
  };
}

function resolveBake(entry: NonNullable<RolloutEntry['bake']>): BakeSettings {
  if (typeof entry === 'string') return { ms: parseDuration(entry)!, untilStableMs: undefined };
  return { ms: parseDuration(entry.max)!, untilStableMs: parseDuration(entry.min)! };
}

function toShare(entry: ShareEntry): Share {
  if (typeof entry === 'number') return { type: 'count', count: entry };
  return { type: 'percent', percent: Number.parseInt(entry, 10) };
}
