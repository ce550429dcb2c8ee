import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostClient } from '../host/verbs.ts';
import { formatManifest, type Manifest, parseManifest } from '../release/manifest.ts';

/** Manifests of releases by digest: kept on this machine, asked of a host when they are not. */
export interface Manifests {
  keep(manifest: Manifest): Promise<void>;
  /** Spares reading one that is here already. */
  know(manifest: Manifest): void;
  /** Undefined when neither this machine nor the host has it. */
  find(digest: string, host: HostClient): Promise<Manifest | undefined>;
}

export function createManifests(folder: string): Manifests {
  const known = new Map<string, Promise<Manifest | undefined>>();
  const read = async (digest: string, host: HostClient) => {
    const kept = await readFile(join(folder, digest), 'utf8').catch(() => undefined);
    const text = kept ?? (await host.manifest(digest));
    const manifest = text === undefined ? undefined : parseManifest(text);
    // a text that does not have the digest it is named by is of no use
    if (manifest?.digest !== digest) return undefined;
    if (kept === undefined) await keep(manifest);
    return manifest;
  };
  const keep = async (manifest: Manifest) => {
    await mkdir(folder, { recursive: true });
    const temporary = join(folder, `${manifest.digest}.${process.pid}.new`);
    await writeFile(temporary, formatManifest(manifest));
    await rename(temporary, join(folder, manifest.digest));
  };
  return {
    keep,
    know: (manifest) => void known.set(manifest.digest, Promise.resolve(manifest)),
    find: (digest, host) => {
      const found = known.get(digest) ?? read(digest, host);
      known.set(digest, found);
      return found;
    },
  };
}
