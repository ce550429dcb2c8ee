import { comparePaths, formatEntry, type Manifest, type ManifestEntry } from './manifest.ts';

/**
 * How the text of one manifest becomes that of another, as a script for sed whose first line names the old one. Hashes do not
 * compress, so the whole list of a release would be most of what is sent when little has changed.
 */
export function manifestEdits(base: Manifest, next: Manifest): string {
  const commands = [`# ${base.digest}\n`];
  let at = 0;
  const upTo = (isIn: (entry: ManifestEntry) => boolean): readonly ManifestEntry[] => {
    const from = at;
    while (at < next.entries.length && isIn(next.entries[at]!)) at += 1;
    return next.entries.slice(from, at);
  };
  base.entries.forEach((old, index) => {
    const line = index + 1;
    commands.push(
      textAt(
        `${line}i`,
        upTo(({ path }) => comparePaths(path, old.path) < 0),
      ),
    );
    const now = next.entries[at];
    if (now?.path === old.path && formatEntry(now) === formatEntry(old)) {
      at += 1;
      return;
    }
    // in front of the line that goes is in its place; when it is the last one, nothing could be put behind it
    const isLast = line === base.entries.length;
    commands.push(
      textAt(
        `${line}i`,
        upTo(({ path }) => isLast || path === old.path),
      ),
      `${line}d\n`,
    );
  });
  commands.push(textAt('$a', next.entries.slice(at)));
  return commands.join('');
}

/** Every line of the text but its last ends in a backslash. The text itself holds none: paths are escaped. */
function textAt(command: string, entries: readonly ManifestEntry[]): string {
  if (entries.length === 0) return '';
  const text = entries.map(formatEntry).join('').replaceAll('\n', '\\\n');
  return `${command}\\\n${text.slice(0, -2)}\n`;
}
