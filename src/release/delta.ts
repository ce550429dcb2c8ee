import { folders, type Manifest, type ManifestEntry } from './manifest.ts';

/** How one tree becomes another: remove, then lay the uploads over what is left. */
export interface Delta {
  /** What has to be sent, in the order of the manifest. */
  readonly upload: readonly ManifestEntry[];
  /**
   * What has to be deleted from a copy of the base first, each with everything below it: files and links that are gone or
   * replaced, and whole folders of which nothing stays.
   */
  readonly remove: readonly string[];
}

export function delta(base: Manifest | undefined, next: Manifest): Delta {
  const old = new Map(base?.entries.map((entry) => [entry.path, entry]));
  const upload = next.entries.filter((entry) => !isSame(old.get(entry.path), entry));
  if (!base) return { upload, remove: [] };
  const changed = new Set(upload.map(({ path }) => path));
  const wanted = new Set(next.entries.map(({ path }) => path));
  const stays = (path: string) => wanted.has(path) && !changed.has(path);
  return { upload, remove: highestGone(base, stays) };
}

/** Bytes of content that the host does not have yet. */
export function uploadBytes({ upload }: Delta): number {
  return upload.reduce((sum, { size }) => sum + size, 0);
}

/** The candidate that leaves the fewest bytes to upload, of equal ones the last; undefined when none has a file in common. */
export function chooseBase<T extends { readonly manifest: Manifest }>(
  candidates: readonly T[],
  next: Manifest,
): T | undefined {
  let best: { candidate: T; bytes: number } | undefined;
  for (const candidate of candidates) {
    const change = delta(candidate.manifest, next);
    if (change.upload.length === next.entries.length) continue;
    const bytes = uploadBytes(change);
    if (!best || bytes <= best.bytes) best = { candidate, bytes };
  }
  return best?.candidate;
}

function isSame(old: ManifestEntry | undefined, entry: ManifestEntry): boolean {
  return old?.sha256 === entry.sha256 && old.kind === entry.kind;
}

/** For each path that goes: itself, or the highest folder above it in which nothing stays. */
function highestGone(base: Manifest, stays: (path: string) => boolean): string[] {
  const gone = base.entries.map(({ path }) => path).filter((path) => !stays(path));
  const used = new Set(
    base.entries
      .map(({ path }) => path)
      .filter(stays)
      .flatMap(folders),
  );
  return [...new Set(gone.map((path) => folders(path).find((folder) => !used.has(folder)) ?? path))];
}
