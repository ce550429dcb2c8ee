import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { WriteRelease } from './app.ts';

/** An app of about the size and shape of a real one: a server, a front end and its built assets. */
const FILES = 780;
const BYTES = 10_000_000;
/** Images, fonts and archives: already compressed. */
const ASSETS = 60;
/** Files that the second and the third release change. */
const CHANGED = { small: 6, big: Math.round(FILES / 3) };
/** Lines of a changed file that are new. */
const EDITED = 0.05;

export const INVENTED_ORIGIN = 'invented files';

interface File {
  readonly path: string;
  content: Buffer;
}

/** The same bytes every time, for where no registry can be reached. */
export function invented(repository: string): WriteRelease {
  const chance = dice(20_261);
  const files = inventFiles(chance);
  const texts = files.filter(({ path }) => !path.startsWith('public/'));
  const write = async ({ path, content }: File) => {
    await mkdir(dirname(join(repository, path)), { recursive: true });
    await writeFile(join(repository, path), content);
  };
  return async (release) => {
    const changed = new Set<File>(release === 'first' ? files : []);
    while (release !== 'first' && changed.size < CHANGED[release]) {
      const file = texts[Math.floor(chance() * texts.length)]!;
      if (!changed.has(file)) file.content = edited(file.content, chance);
      changed.add(file);
    }
    await Promise.all([...changed].map(write));
  };
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
