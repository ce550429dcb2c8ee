import { hash } from 'node:crypto';

/** One file of a release. Directories are implied by the paths below them. */
export interface ManifestEntry {
  /** Relative, `/` between its parts, never leaving the tree. */
  readonly path: string;
  /** `file` 0644, `executable` 0755, `link` a symlink. */
  readonly kind: 'file' | 'executable' | 'link';
  /** Bytes of the file, or of the link's target. */
  readonly size: number;
  /** sha256 of the content, or of the link's target text. Hex. */
  readonly sha256: string;
}

/** The files of a release, sorted by the bytes of their paths, and the digest that names the whole. */
export interface Manifest {
  readonly entries: readonly ManifestEntry[];
  readonly digest: string;
}

export function createManifest(unsorted: readonly ManifestEntry[]): Manifest {
  const entries = unsorted.toSorted((a, b) => comparePaths(a.path, b.path));
  return withText(entries, entries.map(formatEntry).join(''));
}

/** The text of each manifest that was made of entries or of a text: it is asked for again to be kept and to be sent. */
const texts = new WeakMap<Manifest, string>();

function withText(entries: readonly ManifestEntry[], text: string): Manifest {
  const manifest = { entries, digest: hash('sha256', text) };
  texts.set(manifest, text);
  return manifest;
}

/**
 * The text form: `<sha256> <kind> <size> <path>` a line. One manifest has one text, and its digest is the text's own
 * sha256: `sha256sum .slipway/manifests/<digest>` tells whether it is whole.
 */
export function formatManifest(manifest: Manifest): string {
  return texts.get(manifest) ?? manifest.entries.map(formatEntry).join('');
}

const LINE = /^([0-9a-f]{64}) (file|executable|link) (0|[1-9]\d{0,15}) (.+)$/s;

/** The manifest that a text describes; undefined when it is damaged, or describes what no tree can hold. */
export function parseManifest(text: string): Manifest | undefined {
  if (text !== '' && !text.endsWith('\n')) return undefined;
  const entries: ManifestEntry[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    const match = LINE.exec(line);
    if (!match) return undefined;
    const path = unescapePath(match[4]!);
    const size = Number(match[3]);
    // written in one way only, so that one manifest has one text
    const isText = path !== undefined && escapePath(path) === match[4] && Number.isSafeInteger(size);
    if (!isText || !isTreePath(path)) return undefined;
    entries.push({ sha256: match[1]!, kind: match[2] as ManifestEntry['kind'], size, path });
  }
  return isTree(entries) ? withText(entries, text) : undefined;
}

/** A path that stays in the tree whatever stands around it: relative, no empty part, no `.` and `..`, no NUL. */
export function isTreePath(path: string): boolean {
  return !/^$|^\/|\/$|\/\/|(^|\/)\.\.?(\/|$)|\0/.test(path) && path.isWellFormed();
}

/** Order of the UTF-8 bytes. JavaScript compares UTF-16 units, where U+FF00 comes after an emoji instead of before it. */
export function comparePaths(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return byteOrder(x) - byteOrder(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for the highest code points: they move behind the units that follow them. */
function byteOrder(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x2800 : unit;
}

/** Sorted, no path twice, and none below a file or link: a tree that can exist and that nothing reaches through a link. */
function isTree(entries: readonly ManifestEntry[]): boolean {
  const paths = new Set(entries.map(({ path }) => path));
  let looked = '';
  return entries.every(({ path }, index) => {
    if (index > 0 && comparePaths(entries[index - 1]!.path, path) >= 0) return false;
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    if (folder === looked) return true;
    looked = folder;
    return folders(path).every((one) => !paths.has(one));
  });
}

/** `a/b/c` → `a`, `a/b`. */
export function folders(path: string): string[] {
  const found: string[] = [];
  for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) found.push(path.slice(0, end));
  return found;
}

/** The line of one entry, with its end. */
export function formatEntry({ sha256, kind, size, path }: ManifestEntry): string {
  return `${sha256} ${kind} ${size} ${escapePath(path)}\n`;
}

/** Control characters, `%` and backslash as `%XX`: one entry is one line, whatever the file is called. */
function escapePath(path: string): string {
  if (!/[\u0000-\u001f\u007f%\\]/.test(path)) return path;
  return path.replace(/[\u0000-\u001f\u007f%\\]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
}

function unescapePath(escaped: string): string | undefined {
  if (!escaped.includes('%')) return escaped;
  if (/%(?![0-9A-F]{2})/.test(escaped)) return undefined;
  return escaped.replace(/%([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
