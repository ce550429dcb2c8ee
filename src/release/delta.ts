import type { Manifest, ManifestEntry } from './manifest.ts';

/** How one tree becomes another: what has to be sent, and what goes. */
export interface Delta {
  /** In the order of the manifest. */
  readonly upload: readonly ManifestEntry[];
  /** Files and links of the base that the next tree does not have. */
  readonly gone: readonly string[];
}

/**
 * `damaged`: paths of the base that are no longer what its manifest says. A file whose name has several lines is always sent: a
 * host reads names a line each, and cannot look at it.
 */
export function delta(base: Manifest | undefined, next: Manifest, damaged: ReadonlySet<string> = NONE): Delta {
  const old = new Map(base?.entries.map((entry) => [entry.path, entry]));
  const wanted = new Set(next.entries.map(({ path }) => path));
  return {
    upload: next.entries.filter(
      (entry) => damaged.has(entry.path) || hasLines(entry.path) || !isSame(old.get(entry.path), entry),
    ),
    gone: (base?.entries ?? []).map(({ path }) => path).filter((path) => !wanted.has(path)),
  };
}

const NONE: ReadonlySet<string> = new Set();

/** Bytes of content that the host does not have yet. */
export function uploadBytes({ upload }: Delta): number {
  return upload.reduce((sum, { size }) => sum + size, 0);
}

/** The candidate that leaves the fewest bytes to upload, of equal ones the last; undefined when none has a path in common. */
export function chooseBase<T extends { readonly manifest: Manifest }>(
  candidates: readonly T[],
  next: Manifest,
  compare: (base: Manifest) => Delta = (base) => delta(base, next),
): T | undefined {
  let best: { candidate: T; bytes: number } | undefined;
  for (const candidate of candidates) {
    const change = compare(candidate.manifest);
    // a path that both have may be told by its difference; and a host cannot remove a name of several lines
    const isOther = change.gone.length === candidate.manifest.entries.length;
    if (isOther || change.gone.some(hasLines)) continue;
    const bytes = uploadBytes(change);
    if (!best || bytes <= best.bytes) best = { candidate, bytes };
  }
  return best?.candidate;
}

function hasLines(path: string): boolean {
  return path.includes('\n');
}

function isSame(old: ManifestEntry | undefined, entry: ManifestEntry): boolean {
  return old?.sha256 === entry.sha256 && old.kind === entry.kind;
}
