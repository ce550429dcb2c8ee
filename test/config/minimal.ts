import { settingsIn } from '../../src/config/load.ts';
import type { Settings } from '../../src/config/settings.ts';

type Json = Record<string, unknown>;

/** The least that works: one role, one stage "live" with one host. Objects in `changes` are merged in, key by key. */
export function minimal(changes: Json = {}): Json {
  const base: Json = {
    app: 'greeter',
    deployTo: '/srv/{app}-{stage}',
    source: { git: '.' },
    roles: { bot: {} },
    stages: { live: { hosts: [{ name: 'fra-1', address: 'fra-1', roles: { bot: 1 } }] } },
  };
  return merge(base, changes);
}

/** The stage "live" of `minimal(changes)`. */
export function live(changes: Json = {}): Settings {
  return settingsIn(JSON.stringify(minimal(changes)), '/project/hosts.json')[0]!;
}

function merge(base: Json, changes: Json): Json {
  const merged = { ...base };
  for (const [key, change] of Object.entries(changes)) {
    const old = merged[key];
    merged[key] = isObject(old) && isObject(change) ? merge(old, change) : change;
  }
  return merged;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
