import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { timed } from './command.ts';

/** An app of about the size and shape of a real one: a server, a front end and its built assets. */
const FILES = 780;
const BYTES = 10_000_000;
/** Images, fonts and archives: already compressed. */
const ASSETS = 60;
/** Files that each commit changes. */
const CHANGED = 6;
/** Lines of a changed file that are new. */
const EDITED = 0.05;

export interface App {
  readonly repository: string;
  readonly files: number;
  readonly bytes: number;
  /** Changes six files and commits them. */
  commit(): Promise<Commit>;
}

export interface Commit {
  readonly id: string;
  /** The changed files whole, as `gzip` compresses them one after the other: what a sync cannot do without. */
  readonly compressed: number;
  readonly raw: number;
}

interface File {
  readonly path: string;
  content: Buffer;
}

const NOBODY = {
  GIT_AUTHOR_NAME: 'bench',
  GIT_AUTHOR_EMAIL: 'bench@example.org',
  GIT_COMMITTER_NAME: 'bench',
  GIT_COMMITTER_EMAIL: 'bench@example.org',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
};

/** Writes the app into a fresh git repository. The same bytes every time. */
export async function makeApp(repository: string, signal: AbortSignal): Promise<App> {
  const chance = dice(20_261);
  const files = inventFiles(chance);
  const texts = files.filter(({ path }) => !path.startsWith('public/'));
  const git = (...args: readonly string[]) =>
    timed(['git', ...args], { cwd: repository, env: { ...process.env, ...NOBODY }, signal });
  await Promise.all([...new Set(files.map(({ path }) => dirname(join(repository, path))))].map(makeFolder));
  await Promise.all(files.map(({ path, content }) => writeFile(join(repository, path), content)));
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'The first one');
  return {
    repository,
    files: files.length,
    bytes: files.reduce((sum, { content }) => sum + content.length, 0),
    commit: async () => {
      const changed = new Set<File>();
      while (changed.size < CHANGED) changed.add(texts[Math.floor(chance() * texts.length)]!);
      for (const file of changed) {
        file.content = edited(file.content, chance);
        await writeFile(join(repository, file.path), file.content);
      }
      await git('commit', '--quiet', '--all', '--message', 'Six files changed');
      const { stdout } = await git('rev-parse', 'HEAD');
      const all = Buffer.concat([...changed].map(({ content }) => content));
      return { id: stdout.trim(), compressed: gzipSync(all).length, raw: all.length };
    },
  };
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
}

const FOLDERS = ['server/model', 'server/jobs', 'src/components', 'src/pages', 'src/lang', 'dist/assets', 'db/patch'];

function inventFiles(chance: () => number): File[] {
  const sizes = inventSizes(chance);
  const words = inventWords(chance);
  return sizes.map((size, index) => {
    if (index < ASSETS) return { path: `public/img/asset-${index}.png`, content: noise(size, chance) };
    const folder = FOLDERS[index % FOLDERS.length]!;
    const name = `${words[(index * 7) % words.length]!}-${index}`;
    return { path: `${folder}/${name}.js`, content: prose(size, words, chance) };
  });
}

/** Sizes of files are spread log-normally: many small ones, a few large ones. */
function inventSizes(chance: () => number): number[] {
  const shares = Array.from({ length: FILES }, () => {
    const normal = Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
    return Math.exp(normal);
  });
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => Math.max(40, Math.round((share / total) * BYTES)));
}

function inventWords(chance: () => number): string[] {
  const syllables = ['ser', 'mon', 'list', 'get', 'ta', 'ver', 'ing', 'con', 'no', 'ti', 'fy', 'up', 'ed', 'lo', 'ad'];
  const word = () =>
    Array.from({ length: 1 + Math.floor(chance() * 3) }, () => syllables[Math.floor(chance() * syllables.length)]!);
  return Array.from({ length: 1500 }, () => word().join(''));
}

/** Lines that compress as source code does, about three to one: common words are much more common. */
function prose(size: number, words: readonly string[], chance: () => number): Buffer {
  const lines: string[] = [];
  for (let length = 0; length < size; length += lines.at(-1)!.length + 1) lines.push(line(words, chance));
  return Buffer.from(`${lines.join('\n').slice(0, size - 1)}\n`);
}

function line(words: readonly string[], chance: () => number): string {
  const pick = () => words[Math.floor(chance() ** 3 * words.length)]!;
  const indent = '    '.repeat(Math.floor(chance() * 4));
  const shapes = [
    () => `const ${pick()} = this.${pick()}.${pick()}(${pick()}, ${pick()});`,
    () => `if (${pick()}.${pick()} === ${Math.floor(chance() * 1000)}) {`,
    () => `return await ${pick()}("${pick()} ${pick()} ${pick()}");`,
    () => `// ${pick()} ${pick()} ${pick()} ${pick()} ${pick()}`,
    () => `},`,
  ];
  return indent + shapes[Math.floor(chance() * shapes.length)]!();
}

function edited(content: Buffer, chance: () => number): Buffer {
  const lines = content.toString().split('\n');
  const edits = Math.max(1, Math.round(lines.length * EDITED));
  for (let edit = 0; edit < edits; edit += 1) {
    lines[Math.floor(chance() * lines.length)] = `log("changed", ${Math.floor(chance() * 1e9)});`;
  }
  return Buffer.from(lines.join('\n'));
}

function noise(size: number, chance: () => number): Buffer {
  return Buffer.from(Array.from({ length: size }, () => Math.floor(chance() * 256)));
}

/** mulberry32: numbers from 0 to 1, the same for the same seed. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
