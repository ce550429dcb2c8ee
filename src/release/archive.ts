import { createHash, hash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { sanitise } from '../base/sanitise.ts';
import type { Artifact } from './artifact.ts';
import { controlFiles } from './control.ts';
import type { Delta } from './delta.ts';
import type { Manifest, ManifestEntry } from './manifest.ts';
import { ChangedWhileRead, chunks, readStill, SMALL } from './read-file.ts';
import { TAR_END, tarHeader, tarPadding } from './tar.ts';
import { isGone } from './tree.ts';

export interface ArchiveOptions {
  readonly artifact: Artifact;
  readonly delta: Delta;
  /** The manifest of what the delta is laid over, when the host keeps it. */
  readonly base?: Manifest | undefined;
  /** Uploads that arrived earlier: they are told, but not sent. */
  readonly kept?: ReadonlySet<string> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What has to go over the wire. */
export function members({ upload }: Delta, kept: ReadonlySet<string> | undefined): readonly ManifestEntry[] {
  return kept ? upload.filter(({ path }) => !kept.has(path)) : upload;
}

/** The control files, then the uploads, as a tar: piece by piece. */
export async function* archive({ artifact, delta, base, kept, signal }: ArchiveOptions): AsyncGenerator<Buffer> {
  for (const { path, content } of controlFiles(delta, { base, next: artifact.manifest })) {
    yield tarHeader({ path, mode: 0o644, size: content.length });
    yield content;
    yield tarPadding(content.length);
  }
  for (const entry of members(delta, kept)) {
    signal?.throwIfAborted();
    yield* member(artifact.tree, entry, signal);
  }
  yield TAR_END;
}

async function* member(tree: string, entry: ManifestEntry, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const file = join(tree, entry.path);
  const path = `new/${entry.path}`;
  try {
    if (entry.kind === 'link') yield tarHeader({ path, mode: 0o777, size: 0, target: await sameTarget(file, entry) });
    else {
      yield tarHeader({ path, mode: entry.kind === 'executable' ? 0o755 : 0o644, size: entry.size });
      yield* entry.size <= SMALL ? smallContent(file, entry) : largeContent(file, entry, signal);
      yield tarPadding(entry.size);
    }
  } catch (error) {
    throw error instanceof ChangedWhileRead || isGone(error) ? changed(tree, entry) : error;
  }
}

async function sameTarget(file: string, entry: ManifestEntry): Promise<string> {
  const target = await readlink(file);
  if (hash('sha256', target) !== entry.sha256) throw new ChangedWhileRead();
  return target;
}

async function* smallContent(file: string, entry: ManifestEntry): AsyncGenerator<Buffer> {
  const { content, sha256 } = await readStill(file);
  if (sha256 !== entry.sha256 || content?.length !== entry.size) throw new ChangedWhileRead();
  yield content;
}

async function* largeContent(path: string, entry: ManifestEntry, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const sum = createHash('sha256');
    for await (const chunk of chunks(file, entry.size, signal)) {
      sum.update(chunk);
      yield chunk;
    }
    if (sum.digest('hex') !== entry.sha256) throw new ChangedWhileRead();
  } finally {
    await file.close();
  }
}

function changed(tree: string, entry: ManifestEntry): UserError {
  return new UserError({
    code: 'SLIP_SOURCE_CHANGED',
    message: `${sanitise(entry.path)} in ${sanitise(tree)} changed after the release was made from it.`,
    mend: 'Deploy again. A build that writes into the folder meanwhile has to finish first.',
  });
}
