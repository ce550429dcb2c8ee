import { mkdir, open, readFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '../base/errors.ts';
import { createLimit } from '../base/limit.ts';
import { parseKnownHosts } from './known-hosts.ts';
import type { KnownKey } from './known-hosts.ts';

/** All key lines of the files, in order. A file that does not exist knows nobody. */
export async function readKnownHosts(files: readonly string[]): Promise<KnownKey[]> {
  const read = await Promise.all(files.map(async (file) => parseKnownHosts(await readIfThere(file), file)));
  return read.flat();
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return '';
    throw new UserError({
      code: 'SLIP_KNOWN_HOSTS',
      message: `The known host keys in ${file} cannot be read (${code ?? 'unknown error'}).`,
      mend: `Look at it with: ls -ld ${file}`,
      cause: error,
    });
  }
}

/** Several hosts may be accepted at once: one writer at a time keeps the check for a final newline honest. */
const oneAtATime = createLimit(1);

/**
 * Appends one line in one write, so that nobody ever sees half of it, nor two lines run into one. Makes the file (0600)
 * and its folder (0700) when they are missing.
 */
export function appendKnownHost(file: string, line: string): Promise<void> {
  return oneAtATime(async () => {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const opened = await open(file, 'a+', 0o600);
    try {
      await opened.appendFile(`${(await endsInLine(opened)) ? '\n' : ''}${line}\n`);
    } finally {
      await opened.close();
    }
  });
}

/** Whether the last line lacks its newline. */
async function endsInLine(opened: FileHandle): Promise<boolean> {
  const { size } = await opened.stat();
  if (size === 0) return false;
  const { buffer } = await opened.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== 0x0a;
}
