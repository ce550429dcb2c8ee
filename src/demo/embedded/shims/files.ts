import fs from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { runReal } from './processes.ts';

/** `stat [-L] -c FORMAT FILE…` with the directives below. */
export function stat(args: readonly string[]): number {
  const at = args.findIndex((arg) => /^-L?c/.test(arg));
  const format = args[at + 1];
  if (at === -1 || format === undefined) return runReal('stat', args);
  const follows = args.some((arg) => arg === '-L' || arg === '-Lc');
  for (const file of args.slice(at + 2).filter((arg) => !arg.startsWith('-'))) {
    const found = follows ? fs.statSync(file) : fs.lstatSync(file);
    process.stdout.write(`${format.replace(/%(.)/g, (_all, key: string) => directive(key, file, found))}\n`);
  }
  return 0;
}

function directive(key: string, file: string, found: fs.Stats): string {
  const values: Record<string, string | number> = {
    ...{ n: file, s: found.size, h: found.nlink, i: found.ino, d: found.dev, u: found.uid, g: found.gid },
    ...{ X: seconds(found.atimeMs), Y: seconds(found.mtimeMs), Z: seconds(found.ctimeMs) },
    ...{ a: (found.mode & 0o7777).toString(8), f: found.mode.toString(16), '%': '%' },
  };
  const value = values[key];
  if (value === undefined) throw new Error(`%${key} is not a directive of this stand-in`);
  return String(value);
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

/** `mv -T FROM TO` is rename(2): TO is replaced, never entered, even when it is a link to a directory. */
export function move(args: readonly string[]): number {
  const { flags, names } = sortOut(args);
  if (!flags.includes('T')) return runReal('mv', args);
  const [from, to] = two(names);
  fs.renameSync(from, to);
  return 0;
}

/** `cp -al[f] FROM… TO` makes hard links of a whole tree; otherwise the system's cp, for which reflinks are clones. */
export function copy(args: readonly string[]): number {
  const { flags, names } = sortOut(args);
  if (flags.includes('l') && /[aRr]/.test(flags)) {
    const to = names.at(-1)!;
    const enters = !flags.includes('T') && isDirectory(to);
    const existing = flags.includes('f') ? 'replace' : 'refuse';
    for (const from of names.slice(0, -1)) linkTree(from, enters ? join(to, basename(from)) : to, existing);
    return 0;
  }
  const plain = args.flatMap((arg) => {
    if (arg === '--reflink=always') return ['-c'];
    return arg.startsWith('--reflink') ? [] : [arg];
  });
  return runReal('cp', plain);
}

/** `join` takes the last step of `tree/.` away, as cp means it: the content of tree. */
function linkTree(from: string, to: string, existing: 'replace' | 'refuse'): void {
  const found = fs.lstatSync(from);
  if (existing === 'replace' && !found.isDirectory()) fs.rmSync(to, { force: true });
  if (found.isSymbolicLink()) {
    fs.symlinkSync(fs.readlinkSync(from), to);
  } else if (found.isDirectory()) {
    fs.mkdirSync(to, { recursive: true });
    for (const name of fs.readdirSync(from)) linkTree(join(from, name), join(to, name), existing);
    fs.chmodSync(to, found.mode & 0o7777);
    fs.utimesSync(to, found.atime, found.mtime);
  } else {
    fs.linkSync(from, to);
  }
}

/** `sync [-d | -f] FILE…`: each is forced to disk; without a file, everything is. */
export function sync(args: readonly string[]): number {
  const { names } = sortOut(args);
  if (names.length === 0) return runReal('sync', []);
  for (const name of names) {
    const opened = fs.openSync(name, 'r');
    fs.fsyncSync(opened);
    fs.closeSync(opened);
  }
  return 0;
}

/** `readlink -f FILE…`: the real path; only the last part of it may be missing. */
export function readLink(args: readonly string[]): number {
  const { flags, names } = sortOut(args);
  for (const name of names) {
    const path = flags.includes('f') ? canonical(name) : fs.readlinkSync(name);
    process.stdout.write(flags.includes('n') ? path : `${path}\n`);
  }
  return 0;
}

function canonical(name: string): string {
  if (fs.existsSync(name)) return fs.realpathSync.native(name);
  const path = resolve(name);
  const parent = fs.realpathSync(dirname(path));
  const inside = join(parent, basename(path));
  const found = fs.lstatSync(inside, { throwIfNoEntry: false });
  if (found?.isSymbolicLink()) return canonical(resolve(parent, fs.readlinkSync(inside)));
  return inside;
}

/** Short flags together as one text, and what is not a flag. After `--` nothing is. */
function sortOut(args: readonly string[]): { flags: string; names: string[] } {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const before = args.slice(0, end);
  const isFlag = (arg: string) => /^-./.test(arg);
  const flags = before.filter((arg) => isFlag(arg) && !arg.startsWith('--')).map((arg) => arg.slice(1));
  return { flags: flags.join(''), names: [...before.filter((arg) => !isFlag(arg)), ...args.slice(end + 1)] };
}

function two(names: readonly string[]): [string, string] {
  const [from, to, ...more] = names;
  if (from === undefined || to === undefined || more.length > 0) throw new Error('needs two names');
  return [from, to];
}

function isDirectory(path: string): boolean {
  return fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
