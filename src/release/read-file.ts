import { createHash, hash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** What is read at once: bigger files are streamed, so that a tree of any size fits in memory. */
export const SMALL = 1 << 20;

export interface StillFile {
  readonly size: number;
  readonly executable: boolean;
  readonly sha256: string;
  /** The whole content of a small file. */
  readonly content: Buffer | undefined;
}

export class ChangedWhileRead extends Error {}

/** Reads a file once; throws `ChangedWhileRead` when it was written, replaced or cut meanwhile. */
export async function readStill(path: string, signal?: AbortSignal): Promise<StillFile> {
  // O_NOFOLLOW and O_NONBLOCK: it was a plain file when listed; what has become a link or a FIFO neither leads away nor blocks.
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const before = await file.stat({ bigint: true });
    if (!before.isFile()) throw new ChangedWhileRead();
    const size = Number(before.size);
    const content = size <= SMALL ? await readSmall(file, size) : undefined;
    const sha256 = content ? hash('sha256', content) : await hashLarge(file, size, signal);
    const after = await file.stat({ bigint: true });
    if (after.size !== before.size || after.mtimeNs !== before.mtimeNs || after.ctimeNs !== before.ctimeNs) {
      throw new ChangedWhileRead();
    }
    return { size, executable: (before.mode & 0o100n) !== 0n, sha256, content };
  } finally {
    await file.close();
  }
}

async function readSmall(file: FileHandle, size: number): Promise<Buffer> {
  const content = Buffer.allocUnsafe(size);
  let length = 0;
  while (length < size) {
    const { bytesRead } = await file.read(content, length, size - length, length);
    if (bytesRead === 0) throw new ChangedWhileRead();
    length += bytesRead;
  }
  return content;
}

async function hashLarge(file: FileHandle, size: number, signal?: AbortSignal): Promise<string> {
  const sum = createHash('sha256');
  for await (const chunk of chunks(file, size, signal)) sum.update(chunk);
  return sum.digest('hex');
}

/** Exactly `size` bytes from the start, a block at a time. */
export async function* chunks(file: FileHandle, size: number, signal?: AbortSignal): AsyncGenerator<Buffer> {
  for (let position = 0; position < size;) {
    signal?.throwIfAborted();
    const block = Buffer.allocUnsafe(Math.min(SMALL, size - position));
    const { bytesRead } = await file.read(block, 0, block.length, position);
    if (bytesRead === 0) throw new ChangedWhileRead();
    position += bytesRead;
    yield block.subarray(0, bytesRead);
  }
}
