import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '../base/errors.ts';
import { createLimit } from '../base/limit.ts';
import { formatKnownHost, judge, parseKnownHosts } from './known-hosts.ts';
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

/** Several hosts may be accepted at once: one writer at a time knows what the others wrote. */
const oneAtATime = createLimit(1);

export interface NewKeys {
  /** The name of the host in known_hosts. */
  readonly label: string;
  readonly keys: readonly Buffer[];
  readonly names: 'hashed' | 'plain';
}

/** Adds those keys of a host that the file does not have, and returns them. */
export function rememberKeys(file: string, { label, keys, names }: NewKeys): Promise<Buffer[]> {
  return oneAtATime(async () => {
    const known = await readKnownHosts([file]);
    const missing = keys.filter((key) => judge(known, label, key).type !== 'ok');
    const salt = () => (names === 'hashed' ? randomBytes(20) : undefined);
    if (missing.length > 0) await append(file, missing.map((key) => formatKnownHost(label, key, salt())).join('\n'));
    return missing;
  });
}

export function appendKnownHost(file: string, line: string): Promise<void> {
  return oneAtATime(() => append(file, line));
}

/**
 * Appends whole lines in one write, so that nobody ever sees half of one, nor two run into one. Makes the file (0600) and
 * its folder (0700) when they are missing.
 */
async function append(file: string, lines: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const opened = await open(file, 'a+', 0o600);
    try {
      await opened.appendFile(`${(await lacksNewline(opened)) ? '\n' : ''}${lines}\n`);
    } finally {
      await opened.close();
    }
  } catch (error) {
    throw new UserError({
      code: 'SLIP_KNOWN_HOSTS',
      message: `The host key cannot be added to ${file} (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`,
      mend: `Look at it with: ls -ld ${dirname(file)} ${file}`,
      cause: error,
    });
  }
}

/** Whether the last line lacks its newline. */
async function lacksNewline(opened: FileHandle): Promise<boolean> {
  const { size } = await opened.stat();
  if (size === 0) return false;
  const { buffer } = await opened.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== 0x0a;
}
