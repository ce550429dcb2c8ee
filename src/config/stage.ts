import { mergeAnalysis } from './analysis.ts';
import type { JsonDocument, Path } from './json.ts';
import { mergeHealth, mergeLogs, mergeService, mergeSource } from './kinds.ts';
import type { Mistakes } from './mistakes.ts';
import type { Config, RoleEntry, StageEntry } from './schema.ts';
import type { RolloutEntry } from './schema-rollout.ts';

/** One stage with everything above it merged in: objects key by key, roles by name; a list replaces the list above. */
export interface Stage {
  readonly app: string;
  readonly name: string;
  readonly entry: Omit<StageEntry, 'roles'>;
  readonly roles: ReadonlyMap<string, RoleEntry>;
  /** Where a setting of the merged stage is written: in the stage, or above it. */
  written(path: Path): Path;
  /** The setting at the path, as seen from the stage, is wrong. */
  readonly mistake: (path: Path, message: string) => void;
  /** "hosts.json:14:9" of a setting as seen from the stage. */
  placeOf(path: Path): string;
}

export interface Sheet {
  readonly config: Config;
  readonly document: JsonDocument;
  readonly mistakes: Mistakes;
}

export function mergeStage(sheet: Sheet, name: string): Stage {
  const { config, document, mistakes } = sheet;
  const own = config.stages[name]!;
  const written = (path: Path) => writtenAt(document, ['stages', name], path);
  return {
    app: config.app,
    name,
    entry: {
      ...own,
      deployTo: own.deployTo ?? config.deployTo,
      source: mergeSource(config.source, own.source),
      prepare: own.prepare ?? config.prepare,
      keepReleases: own.keepReleases ?? config.keepReleases,
      shared: { ...config.shared, ...own.shared },
      hooks: { ...config.hooks, ...own.hooks },
      rollout: mergeRollout(config.rollout, own.rollout),
      alerts: { ...config.alerts, ...own.alerts },
      notify: own.notify ?? config.notify,
      path: own.path ?? config.path,
      transport: own.transport ?? config.transport,
    },
    roles: mergeRoles(config, own),
    written,
    mistake: (path, message) => mistakes.at(written(path), message),
    placeOf: (path) => mistakes.placeOf(written(path)),
  };
}

function mergeRollout(base: RolloutEntry = {}, over: RolloutEntry = {}): RolloutEntry {
  return { ...base, ...over, analysis: mergeAnalysis(base.analysis, over.analysis) };
}

function mergeRoles(config: Config, own: StageEntry): Map<string, RoleEntry> {
  const roles = new Map(Object.entries(config.roles ?? {}));
  for (const [name, over] of Object.entries(own.roles ?? {})) roles.set(name, mergeRole(roles.get(name), over));
  return roles;
}

function mergeRole(base: RoleEntry | undefined, over: RoleEntry): RoleEntry {
  return {
    ...base,
    ...over,
    service: mergeService(base?.service, over.service),
    health: mergeHealth(base?.health, over.health),
    logs: mergeLogs(base?.logs, over.logs),
    ...(over.metrics && { metrics: { ...base?.metrics, ...over.metrics } }),
    ...(over.alerts && { alerts: { ...base?.alerts, ...over.alerts } }),
  };
}

/** The place that holds more of the path; a missing setting is missed in the stage. */
function writtenAt(document: JsonDocument, stage: Path, path: Path): Path {
  const inStage = [...stage, ...path];
  return document.depth(path) > document.depth(inStage) - stage.length ? path : inStage;
}
