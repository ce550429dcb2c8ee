import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** The host script: one POSIX sh file, cached on every host under the hash of its text. */
export interface HostScript {
  readonly text: string;
  /** sha256 of the text, hex. */
  readonly sum: string;
  /** What goes over the wire to a host that lacks it: about 24 KB, once for each version of slipway. */
  readonly packed: Buffer;
}

let loaded: HostScript | undefined;
let onRequest: string | undefined;

/** Joins the parts in `script/` in the order of their names; the build puts that folder beside the bundle. */
export function hostScript(): HostScript {
  if (loaded) return loaded;
  const text = joined('./script/');
  // once a run, 60 KB: not worth a stream
  loaded = { text, sum: createHash('sha256').update(text).digest('hex'), packed: gzipSync(text, { level: 9 }) };
  return loaded;
}

/** What samples instances: it goes with the request (some 15 KB), so that only hosts that are asked for it are sent it. */
export function samplingScript(): string {
  return (onRequest ??= joined('./script-on-request/'));
}

function joined(folder: string): string {
  const path = fileURLToPath(new URL(folder, import.meta.url));
  const parts = readdirSync(path).filter((name) => name.endsWith('.sh'));
  return parts
    .sort()
    .map((name) => withoutComments(readFileSync(join(path, name), 'utf8')))
    .join('');
}

/** Indentation and whole-line comments are for readers here, not for the wire. No text of several lines begins with spaces. */
function withoutComments(text: string): string {
  return text.replaceAll(/^\s*#.*\n/gm, '').replaceAll(/^[ \t]+/gm, '');
}
