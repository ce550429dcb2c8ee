import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { archive, type ArchiveOptions, members } from './archive.ts';
import { type Codec, compressAgainst, compressor, compressSmall } from './compress.ts';
import { uploadBytes } from './delta.ts';
import { type OldFiles, readOldFiles } from './old-files.ts';

/** What is sent to every host that has the same base and lacks the same. Made once; the caller disposes of it. */
export interface Payload {
  readonly codec: Codec;
  /** Files of the base that the host hands to zstd, joined, to unpack it; empty when it needs none. */
  readonly against: readonly string[];
  /** Bytes on the wire. */
  readonly bytes: number;
  readonly files: number;
  /** Bytes of the content before it was compressed. */
  readonly rawBytes: number;
  open(): Readable;
  dispose(): Promise<void>;
}

export interface PackOptions extends ArchiveOptions {
  /** A tree of the base on this machine: what changes is then told by its difference, if the codec can. */
  readonly baseTree?: string | undefined;
  /** What every host that gets it can read; gzip when left out. */
  readonly codec?: Codec | undefined;
  readonly workDir: string;
}

/** Up to here a payload is made in memory, where more can be done for it; above it is streamed to a file. */
const IN_MEMORY = 4 << 20;
/** Up to here a payload is squeezed: beyond that a level more costs more time than the bytes are worth. */
const SQUEEZED = 256 * 1024;
/** Small members are gathered to this size, so that a tree of many files is not a call for each. */
const GATHER = 256 * 1024;

/**
 * Packs what a host needs as a compressed tar: `control/sums`, `control/manifest` (or `control/edits`, which make it of the
 * base's), `control/odd`, then every upload below `new/`. Each file is hashed again on its way: what ships is what the
 * manifest says, or nothing ships.
 */
export async function packPayload(options: PackOptions): Promise<Payload> {
  const { artifact, delta, kept, signal } = options;
  await artifact.lay?.(members(delta, kept));
  const facts = { files: delta.upload.length, rawBytes: uploadBytes(delta) };
  const packed = facts.rawBytes <= IN_MEMORY ? await packSmall(options) : undefined;
  signal?.throwIfAborted();
  return { ...facts, ...(packed ?? (await packToFile(options))) };
}

type Packed = Pick<Payload, 'codec' | 'against' | 'bytes' | 'open' | 'dispose'>;

/** Undefined when it is best streamed after all: of much that is new, the fast level makes enough. */
async function packSmall(options: PackOptions): Promise<Packed | undefined> {
  const { codec = 'gzip' } = options;
  const old = codec === 'zstd' ? await oldFiles(options) : undefined;
  if (!old && tarBytes(options) > SQUEEZED) return undefined;
  const pieces: Buffer[] = [];
  for await (const piece of archive(options)) pieces.push(piece);
  const tar = Buffer.concat(pieces);
  const { codec: chosen, content } = await (old ? compressAgainst(tar, old.content) : compressSmall(tar, codec));
  return {
    codec: chosen,
    against: old?.paths ?? [],
    bytes: content.length,
    open: () => Readable.from([content], { objectMode: false }),
    dispose: () => Promise.resolve(),
  };
}

async function oldFiles({ artifact, base, baseTree }: PackOptions): Promise<OldFiles | undefined> {
  if (!base || baseTree === undefined) return undefined;
  return readOldFiles(baseTree, { base, next: artifact.manifest });
}

function tarBytes({ delta, kept }: PackOptions): number {
  return members(delta, kept).reduce((sum, { size }) => sum + size + 1024, 0);
}

async function packToFile(options: PackOptions): Promise<Packed> {
  const { workDir, signal, codec = 'gzip' } = options;
  await mkdir(workDir, { recursive: true });
  const file = join(workDir, `payload-${randomUUID()}`);
  try {
    const tar = Readable.from(gathered(archive(options)), { objectMode: false, highWaterMark: GATHER });
    await pipeline(
      tar,
      compressor(codec),
      createWriteStream(file, { flags: 'wx', mode: 0o600 }),
      signal ? { signal } : {},
    );
  } catch (error) {
    await rm(file, { force: true });
    signal?.throwIfAborted();
    throw error;
  }
  return {
    codec,
    against: [],
    bytes: (await stat(file)).size,
    open: () => createReadStream(file, { highWaterMark: GATHER }),
    dispose: () => rm(file, { force: true }),
  };
}

async function* gathered(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let size = 0;
  for await (const piece of pieces) {
    held.push(piece);
    size += piece.length;
    if (size < GATHER) continue;
    yield Buffer.concat(held, size);
    held = [];
    size = 0;
  }
  yield Buffer.concat(held, size);
}
