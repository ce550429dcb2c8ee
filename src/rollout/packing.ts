import { hash } from 'node:crypto';
import { join } from 'node:path';
import type { Artifact } from '../release/artifact.ts';
import { ArtifactCache } from '../release/artifact-cache.ts';
import { delta } from '../release/delta.ts';
import { packPayload, type Payload } from '../release/payload.ts';
import type { Lack } from './deliver.ts';
import type { Found } from './delivery.ts';
import type { Stage } from './stage.ts';

/** What decides what is packed for a host. */
export type Packed = Pick<Lack, 'baseManifest' | 'codec'>;

/** Payloads of one rollout. */
export interface Packing {
  pack(lack: Packed, signal: AbortSignal, found?: Found): Promise<Payload>;
  dispose(): Promise<void>;
}

export const NOTHING_FOUND: Found = { damaged: new Set(), arrived: new Set(), packAgainstOld: 'yes' };

/** Whoever needs the same as another is given the same; only what attempts have found out makes a host special. */
export function createPacking({ cacheDir }: Pick<Stage, 'cacheDir'>, artifact: Artifact): Packing {
  const packed = new Map<string, Promise<Payload>>();
  const cache = new ArtifactCache(cacheDir);
  const make = async (lack: Packed, signal: AbortSignal, { damaged, arrived, packAgainstOld }: Found) => {
    const { baseManifest: base, codec } = lack;
    const change = delta(base, artifact.manifest, damaged);
    const kept = change.upload.filter(({ path, sha256 }) => !damaged.has(path) && arrived.has(`${sha256} ${path}`));
    return packPayload({
      artifact,
      delta: change,
      base,
      baseTree: base && packAgainstOld === 'yes' ? await cache.treeOf(base.digest) : undefined,
      codec,
      kept: new Set(kept.map(({ path }) => path)),
      workDir: join(cacheDir, 'payloads'),
      signal,
    });
  };
  return {
    pack: (lack, signal, found = NOTHING_FOUND) => {
      const key = keyOf(lack, found);
      const payload = packed.get(key) ?? make(lack, signal, found);
      packed.set(key, payload);
      return payload;
    },
    dispose: async () => {
      const made = await Promise.allSettled(packed.values());
      await Promise.all(made.flatMap((one) => (one.status === 'fulfilled' ? [one.value.dispose()] : [])));
    },
  };
}

function keyOf({ baseManifest, codec }: Packed, { damaged, arrived, packAgainstOld }: Found): string {
  const sets = [damaged, arrived].map((set) => hash('sha256', [...set].sort().join('\0')));
  return [baseManifest?.digest ?? '', codec, packAgainstOld, ...sets].join(' ');
}
