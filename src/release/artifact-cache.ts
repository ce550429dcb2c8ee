import { hash, randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLimit } from '../base/limit.ts';
import { formatManifest, type Manifest, parseManifest } from './manifest.ts';

/** A built tree, and what is in it. */
export interface BuiltTree {
  readonly tree: string;
  readonly manifest: Manifest;
  /** The commit whose blobs the files are. The tree may lack some of them: they can be had from there. */
  readonly blobsOf?: CommitOfLine | undefined;
  /** Of the tree that it was told from, in the run that has done so. */
  readonly grownFrom?: Manifest;
}

/** Commits of one repository, released with the same settings: each differs little from the one before. */
export interface CommitOfLine {
  readonly line: string;
  readonly commit: string;
}

/** Built trees that stay. */
const KEPT = 10;
const HOUR = 3_600_000;

/** Where artifacts are kept between runs. Layout: `artifacts/<key>/{tree/,manifest,blobs,complete}` and `work/<pid>-<random>/`. */
export class ArtifactCache {
  readonly #artifacts: string;
  readonly #work: string;

  constructor(folder: string) {
    this.#artifacts = join(folder, 'artifacts');
    this.#work = join(folder, 'work');
  }

  static key(parts: readonly unknown[]): string {
    return hash('sha256', JSON.stringify(parts)).slice(0, 40);
  }

  /** A fresh folder on the same file system as the artifacts. */
  async workFolder(): Promise<string> {
    const folder = join(this.#work, `${process.pid}-${randomUUID()}`);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  /** The artifact of that key, marked as used; undefined when there is none that is whole. */
  async find(key: string): Promise<BuiltTree | undefined> {
    const folder = join(this.#artifacts, key);
    try {
      const digest = await readFile(join(folder, 'complete'), 'utf8');
      const manifest = parseManifest(await readFile(join(folder, 'manifest'), 'utf8'));
      const tree = join(folder, 'tree');
      const blobsOf = await readBlobsOf(folder);
      if (manifest?.digest !== digest || !(blobsOf ?? (await isWhole(tree, manifest)))) return undefined;
      const now = new Date();
      await utimes(join(folder, 'complete'), now, now);
      return { tree, manifest, blobsOf };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** The artifact of that line which was used last. */
  async newest(line: string): Promise<BuiltTree | undefined> {
    const found = await ages(this.#artifacts, 'complete', Date.now());
    for (const { name, path } of found.sort((a, b) => a.age - b.age)) {
      if ((await readBlobsOf(path))?.line === line) return this.find(name);
    }
    return undefined;
  }

  /** A tree with those very files, whichever commit it was built from; unchecked. Undefined when there is none. */
  async treeOf(digest: string): Promise<string | undefined> {
    const names = await readdir(this.#artifacts).catch((): string[] => []);
    const digests = names.map((name) => readFile(join(this.#artifacts, name, 'complete'), 'utf8').catch(() => ''));
    const at = (await Promise.all(digests)).indexOf(digest);
    return at === -1 ? undefined : join(this.#artifacts, names[at]!, 'tree');
  }

  /**
   * Takes a built tree in. The folder is completed aside and comes to its place with one rename, so that whoever finds it
   * there finds all of it. When another run was faster its tree is as good, and is the one that stays.
   */
  async keep(key: string, built: BuiltTree): Promise<BuiltTree> {
    const aside = await this.workFolder();
    await rename(built.tree, join(aside, 'tree'));
    await writeFile(join(aside, 'manifest'), formatManifest(built.manifest));
    if (built.blobsOf) await writeFile(join(aside, 'blobs'), JSON.stringify(built.blobsOf));
    await writeFile(join(aside, 'complete'), built.manifest.digest);
    const place = join(this.#artifacts, key);
    await mkdir(this.#artifacts, { recursive: true, mode: 0o700 });
    if (!(await moveTo(aside, place))) {
      const other = await this.find(key);
      if (other) {
        await remove(aside);
        return other;
      }
      // What stands there is damaged (a cleaner, a full disk): out of the way with it.
      await rename(place, join(await this.workFolder(), 'damaged'));
      await rename(aside, place);
    }
    return { ...built, tree: join(place, 'tree') };
  }

  /** Deletes all but the artifacts used last, and what killed runs left. Never one used within the hour: it may be in use. */
  async prune(now: number): Promise<void> {
    const artifacts = await ages(this.#artifacts, 'complete', now);
    const old = artifacts.sort((a, b) => a.age - b.age).slice(KEPT);
    const left = await ages(this.#work, '', now);
    const stale = [...old, ...left.filter(({ name }) => !isAlive(Number.parseInt(name, 10)))].filter(
      ({ age }) => age > HOUR,
    );
    await Promise.all(stale.map(({ path }) => remove(path)));
  }
}

/** Deletes a folder that others may be writing to still. */
export async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** Cleaners of caches delete file by file: each has to be there, with its size. Contents are checked when they are packed. */
async function isWhole(tree: string, { entries }: Manifest): Promise<boolean> {
  const limit = createLimit(16);
  const checks = entries.map(({ path, kind, size }) =>
    limit(async () => {
      const found = await lstat(join(tree, path));
      return found.size === size && found.isSymbolicLink() === (kind === 'link');
    }),
  );
  return (await Promise.all(checks)).every(Boolean);
}

async function readBlobsOf(folder: string): Promise<CommitOfLine | undefined> {
  const text = await readFile(join(folder, 'blobs'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as CommitOfLine);
}

async function moveTo(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

async function ages(
  folder: string,
  marker: string,
  now: number,
): Promise<{ name: string; path: string; age: number }[]> {
  const names = await readdir(folder).catch((): string[] => []);
  const found = names.map(async (name) => {
    const path = join(folder, name);
    const used = (await stat(join(path, marker)).catch(() => undefined)) ?? (await stat(path).catch(() => undefined));
    return { name, path, age: used ? now - used.mtimeMs : 0 };
  });
  return Promise.all(found);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
}
