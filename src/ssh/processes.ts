import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Readable } from 'node:stream';
import { systemClock } from '../base/clock.ts';
import { sanitiseLines } from '../base/sanitise.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const LINES = 10;
const LAST_CHARACTERS = 8192;

/** Reads a stream for as long as it lives, and keeps its last lines. */
export function lastWords(stream: Readable): () => readonly string[] {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (more: string) => (text = (text + more).slice(-LAST_CHARACTERS)));
  stream.on('error', () => undefined);
  return () => sanitiseLines(text).slice(-LINES);
}

/** Time for its last words, should something that it left behind keep its pipes open. */
const LAST_WORDS_MS = 200;

/** "ended with status 1"; undefined when it ended well. Told when its last words have been read. */
export function failureOf(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not be started (${error.message})`));
    const closed = new AbortController();
    child.once('close', () => closed.abort());
    child.once('exit', (code, signal) => {
      const status = code === null ? `was ended by ${String(signal)}` : `ended with status ${code}`;
      const tell = () => resolve(code === 0 ? undefined : status);
      systemClock.sleep(LAST_WORDS_MS, closed.signal).then(tell, tell);
    });
  });
}

/** Ends a process that was started as the first of its group, and all it has started. No zombie stays: Node waits for it. */
export function endGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // all of them have ended
  }
}

export async function isOnPath(program: string, env: Environment): Promise<boolean> {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const there = folders.map((folder) => access(join(folder, program), constants.X_OK));
  return (await Promise.allSettled(there)).some(({ status }) => status === 'fulfilled');
}
