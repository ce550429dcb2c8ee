import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

/** `sha256sum [FILE…]` prints sums; `sha256sum -c [--quiet | --status] [LIST]` compares the files of a list with them. */
export function sha256sum(args: readonly string[]): number {
  const flags = new Set(args.filter((arg) => /^-./.test(arg)));
  const named = args.filter((arg) => !/^-./.test(arg));
  const files = named.length === 0 ? ['-'] : named;
  if (flags.has('-c') || flags.has('--check')) return check(files, flags);
  return files.map(print).every(Boolean) ? 0 : 1;
}

function print(file: string): boolean {
  try {
    const sum = sumOf(file);
    process.stdout.write(`${mark(file)}${sum}  ${escape(file)}\n`);
    return true;
  } catch (error) {
    complain(file, error);
    return false;
  }
}

function check(lists: readonly string[], flags: ReadonlySet<string>): number {
  const lines = lists.flatMap((list) => readFileSync(list === '-' ? 0 : list, 'utf8').split('\n'));
  const entries = lines.flatMap((line) => parseLine(line) ?? []);
  if (entries.length === 0) throw new Error('no properly formatted checksum lines found');
  const say = (text: string) => {
    if (!flags.has('--status')) process.stdout.write(`${text}\n`);
  };
  const failed = entries.filter(({ sum, file }) => {
    const verdict = compare(file, sum);
    if (verdict !== 'OK' || !flags.has('--quiet')) say(`${mark(file)}${escape(file)}: ${verdict}`);
    return verdict !== 'OK';
  });
  return failed.length === 0 ? 0 : 1;
}

function parseLine(line: string): { sum: string; file: string } | undefined {
  const [, escaped, sum, name] = /^(\\?)([0-9a-fA-F]{64}) [ *](.+)$/.exec(line) ?? [];
  if (sum === undefined || name === undefined) return undefined;
  return { sum: sum.toLowerCase(), file: escaped === '' ? name : unescape(name) };
}

function compare(file: string, sum: string): string {
  try {
    return sumOf(file) === sum ? 'OK' : 'FAILED';
  } catch (error) {
    complain(file, error);
    return 'FAILED open or read';
  }
}

function sumOf(file: string): string {
  const hash = createHash('sha256');
  const piece = Buffer.alloc(1 << 18);
  const from = file === '-' ? 0 : openSync(file, 'r');
  try {
    for (let size = readSync(from, piece); size > 0; size = readSync(from, piece)) hash.update(piece.subarray(0, size));
  } finally {
    if (from !== 0) closeSync(from);
  }
  return hash.digest('hex');
}

/** GNU writes a name that would break its line with backslashes, and one more at the line's beginning to say so. */
const ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r' };

function escape(name: string): string {
  return name.replace(/[\\\n\r]/g, (found) => ESCAPES[found]!);
}

function mark(name: string): string {
  return escape(name) === name ? '' : '\\';
}

function unescape(name: string): string {
  return name.replace(/\\([\\nr])/g, (_all, found: string) => ({ n: '\n', r: '\r' })[found] ?? '\\');
}

function complain(file: string, error: unknown): void {
  process.stderr.write(`sha256sum: ${file}: ${(error as Error).message}\n`);
}
