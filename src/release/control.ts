import type { Delta } from './delta.ts';
import { manifestEdits } from './manifest-edits.ts';
import { formatManifest, type Manifest, type ManifestEntry } from './manifest.ts';

/** What the host needs to know of a payload, as small files in front of the uploads. */
export interface ControlFile {
  readonly path: string;
  readonly content: Buffer;
}

/** Characters with which `sha256sum` escapes its lines, and busybox does not: such names go the slower way. */
const ODD = /[\n\r\\]/;

export interface Manifests {
  /** The one that the host has, which the next is then told by its difference to. */
  readonly base?: Manifest | undefined;
  readonly next: Manifest;
}

/** `control/sums` lists all that has to be right once it is there, the manifest in its place on the host first. */
export function controlFiles({ upload }: Delta, { base, next }: Manifests): ControlFile[] {
  const files = upload.filter(({ kind }) => kind !== 'link');
  const [odd, plain] = [files.filter(({ path }) => ODD.test(path)), files.filter(({ path }) => !ODD.test(path))];
  const sums = [
    `${next.digest}  ../../manifests/${next.digest}\n`,
    ...plain.map(({ sha256, path }) => `${sha256}  new/${path}\n`),
  ];
  return [
    text('control/sums', sums),
    // sed has nowhere to put a line into an empty file
    base && base.entries.length > 0
      ? text('control/edits', [manifestEdits(base, next)])
      : text('control/manifest', [formatManifest(next)]),
    ...(odd.length > 0 ? [text('control/odd', odd.map(oddLine))] : []),
  ];
}

function text(path: string, lines: readonly string[]): ControlFile {
  return { path, content: Buffer.from(lines.join('')) };
}

/** The path as `printf %b` reads it back; spaces too, since `read` takes them off both ends. */
function oddLine({ sha256, path }: ManifestEntry): string {
  const escaped = path.replace(/[\u0000-\u0020\u007f\\]/g, (character) => {
    return character === '\\' ? '\\\\' : `\\0${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
  });
  return `${sha256} ${escaped}\n`;
}
