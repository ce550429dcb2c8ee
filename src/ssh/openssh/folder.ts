import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bug } from '../../base/errors.ts';
import type { Environment } from '../processes.ts';

/** The longest name of a socket that every system takes is 103 bytes, and ssh adds 17 for a moment. */
const LONGEST = 103 - 17 - '/slipway-XXXXXX/master'.length;

/** A folder for one master, which nobody else can enter (0700). */
export async function makeFolder(env: Environment): Promise<string> {
  const places = [env['XDG_RUNTIME_DIR'], tmpdir(), '/tmp'].filter((place) => place !== undefined && place !== '');
  for (const place of places as string[]) {
    if (Buffer.byteLength(place) > LONGEST) continue;
    try {
      return await mkdtemp(join(place, 'slipway-'));
    } catch {
      // not there, or not ours
    }
  }
  throw new Bug(`There is no place for a socket among ${places.join(', ')}.`);
}

/** At once: it may be the last thing that slipway does. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
