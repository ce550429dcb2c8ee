import { list } from '../base/text.ts';
import type { Path } from './json.ts';
import type { HealthEntry, LogsEntry, ServiceEntry, SourceEntry } from './schema.ts';

/** Keys that belong to one kind of an object, the indispensable ones first. */
interface Kind {
  readonly needs: readonly string[];
  readonly may: readonly string[];
}

type Kinds<Name extends string> = Readonly<Record<Name, Kind>>;

export const SOURCE_KINDS = {
  git: { needs: ['git'], may: ['ref', 'subdir', 'build', 'output'] },
  dir: { needs: ['dir'], may: [] },
} as const satisfies Kinds<string>;

export const SERVICE_KINDS = {
  systemd: { needs: ['systemd'], may: ['scope'] },
  command: { needs: ['start', 'stop', 'status'], may: ['pidFile'] },
} as const satisfies Kinds<string>;

export const HEALTH_KINDS = {
  http: { needs: ['http'], may: ['status', 'body'] },
  tcp: { needs: ['tcp'], may: [] },
  command: { needs: ['command'], may: [] },
} as const satisfies Kinds<string>;

export const LOGS_KINDS = {
  file: { needs: ['file'], may: [] },
  command: { needs: ['command'], may: [] },
  docker: { needs: ['docker'], may: [] },
  podman: { needs: ['podman'], may: [] },
  pm2: { needs: ['pm2'], may: [] },
} as const satisfies Kinds<string>;

export const mergeSource = merger<SourceEntry>(SOURCE_KINDS);
export const mergeService = merger<ServiceEntry>(SERVICE_KINDS);
export const mergeHealth = merger<HealthEntry>(HEALTH_KINDS);
export const mergeLogs = merger<LogsEntry>(LOGS_KINDS);

/** Which kind a merged object is; undefined, and a mistake unless it may be none, when it is not exactly one. */
export function kindOf<Name extends string>(
  object: object,
  kinds: Kinds<Name>,
  place: { readonly path: Path; readonly mistake: (path: Path, message: string) => void },
): Name | undefined {
  const names = namesIn(object, kinds);
  const [name, other] = names;
  if (name === undefined) return undefined;
  if (other !== undefined) {
    const [first, second] = names.map((each) => keysOf(kinds[each]).find((key) => key in object));
    place.mistake([...place.path, second!], `"${first!}" and "${second!}" cannot stand together. Keep one of them.`);
    return undefined;
  }
  const missing = kinds[name].needs.filter((key) => !(key in object));
  if (missing.length === 0) return name;
  const words = missing.map((key) => `"${key}"`);
  const given = keysOf(kinds[name]).find((key) => key in object)!;
  place.mistake(
    place.path,
    `${list(words)} ${words.length === 1 ? 'is' : 'are'} missing: "${given}" has no meaning without.`,
  );
  return undefined;
}

/** `{"tcp": …}` in a stage replaces the `http`, `status` and `body` from above, and keeps the interval. */
function merger<Entry extends object>(kinds: Kinds<string>): (base?: Entry, over?: Entry) => Entry | undefined {
  return (base, over) => {
    if (!base || !over) return over ?? base;
    const chosen = namesIn(over, kinds);
    const dropped = new Set(
      chosen.length === 0
        ? []
        : Object.keys(kinds).flatMap((name) => (chosen.includes(name) ? [] : keysOf(kinds[name]!))),
    );
    const kept = Object.fromEntries(Object.entries(base).filter(([key]) => !dropped.has(key)));
    return { ...kept, ...over };
  };
}

function namesIn<Name extends string>(object: object, kinds: Kinds<Name>): Name[] {
  return (Object.keys(kinds) as Name[]).filter((name) => keysOf(kinds[name]).some((key) => key in object));
}

function keysOf(kind: Kind): readonly string[] {
  return [...kind.needs, ...kind.may];
}
