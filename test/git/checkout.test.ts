import { execFile } from 'node:child_process';
import { chmod, lstat, mkdir, readdir, readFile, readlink, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { checkOut } from '../../src/git/checkout.ts';
import { resolveCommit } from '../../src/git/commit.ts';
import { withoutRepository } from '../../src/git/environment.ts';
import { openRepository } from '../../src/git/repository.ts';
import { emptyRepository, SampleRepository, sampleRepository, temporaryFolder, writeFiles } from './sample.ts';

const exec = promisify(execFile);

async function checkOutRef(folder: string, ref = 'HEAD'): Promise<string> {
  const into = join(await temporaryFolder(), 'checkout');
  const repository = await openRepository(folder);
  const commit = await resolveCommit(repository, ref);
  await checkOut({ repository, commit: commit.id, into });
  return into;
}

/** Every file below, with what git keeps in `.git` as one line each. */
async function snapshot(folder: string): Promise<string> {
  const names = (await readdir(folder, { recursive: true })).sort();
  const lines = names.map(async (name) => {
    const found = await lstat(join(folder, name));
    return found.isFile() ? `${name} ${found.mtimeMs} ${(await readFile(join(folder, name))).toString('hex')}` : name;
  });
  return (await Promise.all(lines)).join('\n');
}

describe('a checkout', () => {
  test('holds the files, modes and links of the commit and nothing of the dirty tree', async () => {
    const sample = await emptyRepository();
    await writeFiles(sample.folder, { 'app.js': 'committed', 'bin/run': '#!/bin/sh\n', 'a b/ü\n.txt': 'odd' });
    await chmod(join(sample.folder, 'bin/run'), 0o755);
    await symlink('app.js', join(sample.folder, 'link'));
    await sample.commit();
    await writeFiles(sample.folder, { 'app.js': 'dirty', untracked: '' });
    const into = await checkOutRef(sample.folder);
    expect(await readFile(join(into, 'app.js'), 'utf8')).toBe('committed');
    expect(await readFile(join(into, 'a b/ü\n.txt'), 'utf8')).toBe('odd');
    expect((await lstat(join(into, 'bin/run'))).mode & 0o111).not.toBe(0);
    expect(await readlink(join(into, 'link'))).toBe('app.js');
    expect((await readdir(into)).sort()).toEqual(['.git', 'a b', 'app.js', 'bin', 'link']);
  });

  test("changes not one byte of the user's working tree and .git, and registers no worktree", async () => {
    const sample = await sampleRepository({ 'a.js': '1', 'b.js': '2' });
    await sample.commit({ 'a.js': '2' });
    await writeFiles(sample.folder, { 'b.js': 'dirty' });
    await sample.git('add', 'b.js');
    const before = await snapshot(sample.folder);
    await checkOutRef(sample.folder, 'HEAD~1');
    expect(await snapshot(sample.folder)).toBe(before);
  });

  test('answers git describe, rev-parse and status inside it, as builds ask', async () => {
    const sample = await sampleRepository();
    await sample.git('tag', 'v1.2');
    await sample.commit({ b: '1' });
    const into = await checkOutRef(sample.folder);
    const { stdout } = await exec('sh', ['-c', 'git describe --tags; git rev-parse HEAD; git status --porcelain'], {
      cwd: into,
      env: withoutRepository(process.env),
    });
    const head = await sample.git('rev-parse', 'HEAD');
    expect(stdout).toBe(`v1.2-1-g${head.slice(0, 7)}\n${head}\n`);
  });

  test('runs no hook of the repository', async () => {
    const sample = await sampleRepository();
    for (const hook of ['post-checkout', 'post-index-change', 'reference-transaction']) {
      const file = join(sample.folder, '.git/hooks', hook);
      await writeFiles(sample.folder, { [`.git/hooks/${hook}`]: `#!/bin/sh\ntouch '${sample.folder}/sprung'\n` });
      await chmod(file, 0o755);
    }
    await checkOutRef(sample.folder);
    expect(await readdir(sample.folder)).not.toContain('sprung');
  });

  test("applies the user's own filters, so that encrypted and LFS files arrive as in their tree", async () => {
    const sample = await emptyRepository();
    await sample.git('config', 'filter.rot.clean', 'tr a-z b-za');
    await sample.git('config', 'filter.rot.smudge', 'tr b-za a-z');
    await sample.commit({ '.gitattributes': '*.secret filter=rot\n', 'a.secret': 'hello' });
    expect(await sample.git('show', 'HEAD:a.secret')).toBe('ifmmp');
    expect(await readFile(join(await checkOutRef(sample.folder), 'a.secret'), 'utf8')).toBe('hello');
  });

  test('a filter that fails is an error with its words', async () => {
    const sample = await emptyRepository();
    await sample.commit({ '.gitattributes': '*.bin filter=lost\n', 'a.bin': 'x' });
    await sample.git('config', 'filter.lost.smudge', 'echo the key is missing >&2; false');
    await sample.git('config', 'filter.lost.required', 'true');
    const error = await checkOutRef(sample.folder).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'SLIP_CHECKOUT_FAILED' });
    expect((error as { detail: string[] }).detail.join()).toContain('the key is missing');
  });

  test('is whole although the user works in a sparse tree, with line ends of their own', async () => {
    const sample = await sampleRepository({ 'a/1': 'x\ny\n', 'b/2': 'x\n' });
    await sample.git('sparse-checkout', 'set', 'a');
    await sample.git('config', 'core.autocrlf', 'true');
    const into = await checkOutRef(sample.folder);
    expect(await readFile(join(into, 'a/1'), 'utf8')).toBe('x\ny\n');
    expect(await readFile(join(into, 'b/2'), 'utf8')).toBe('x\n');
  });

  test.each(['bare', 'shallow', 'linked worktree', 'sha256'])('works from a %s repository', async (kind) => {
    const sample = await emptyRepository(undefined, ...(kind === 'sha256' ? ['--object-format=sha256'] : []));
    await sample.commit({ 'app.js': '1' });
    await sample.commit({ 'app.js': '2' });
    const other = join(await temporaryFolder(), "a 'copy'");
    const make: Record<string, string[]> = {
      bare: ['clone', '--quiet', '--bare', sample.folder, other],
      shallow: ['clone', '--quiet', '--depth=1', `file://${sample.folder}`, other],
      'linked worktree': ['worktree', 'add', '--quiet', '--detach', other],
    };
    if (make[kind]) await sample.git(...make[kind]);
    const into = await checkOutRef(kind === 'sha256' ? sample.folder : other);
    expect(await readFile(join(into, 'app.js'), 'utf8')).toBe('2');
    const { stdout } = await exec('git', ['log', '--oneline'], { cwd: into, env: withoutRepository(process.env) });
    expect(stdout.trim().split('\n')).toHaveLength(kind === 'shallow' ? 1 : 2);
  });

  test('many at once of one repository do not disturb each other', async () => {
    const sample = await sampleRepository({ 'app.js': '0' });
    for (let i = 1; i < 6; i += 1) await sample.commit({ 'app.js': String(i) });
    const trees = await Promise.all([0, 1, 2, 3, 4, 5].map((back) => checkOutRef(sample.folder, `HEAD~${back}`)));
    const contents = await Promise.all(trees.map((tree) => readFile(join(tree, 'app.js'), 'utf8')));
    expect(contents).toEqual(['5', '4', '3', '2', '1', '0']);
  });

  test('an aborted one ends with the reason and leaves the repository as it was', async () => {
    const sample = await sampleRepository();
    await sample.git('config', 'filter.slow.smudge', 'sleep 20');
    await sample.commit({ '.gitattributes': '*.slow filter=slow\n', 'a.slow': 'x' });
    const before = await snapshot(sample.folder);
    const repository = await openRepository(sample.folder);
    const { id } = await resolveCommit(repository, 'HEAD');
    const into = join(await temporaryFolder(), 'checkout');
    const abort = new AbortController();
    const work = checkOut({ repository, commit: id, into, signal: abort.signal });
    const index = join(into, '.git/index.lock');
    await expect
      .poll(() =>
        lstat(index).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    abort.abort(new Error('enough'));
    await expect(work).rejects.toThrow('enough');
    expect(await snapshot(sample.folder)).toBe(before);
  });
});

describe('a submodule', () => {
  async function withSubmodule(url: (library: SampleRepository) => string) {
    const home = await temporaryFolder();
    const library = await emptyRepository(join(home, 'library'));
    await library.commit({ 'lib.js': 'pinned' });
    const sample = await emptyRepository(join(home, 'app'));
    await sample.commit({ 'app.js': '' });
    await sample.git('submodule', '--quiet', 'add', '--name', 'the library', url(library), 'vendor/lib');
    await sample.commit();
    await library.commit({ 'lib.js': 'newer' });
    return { home, library, sample };
  }

  test("comes from the user's own copy, at the pinned commit, when its origin is gone", async () => {
    const { library, sample } = await withSubmodule((from) => from.folder);
    await rm(library.folder, { recursive: true });
    await writeFiles(sample.folder, { 'vendor/lib/lib.js': 'dirty' });
    const into = await checkOutRef(sample.folder);
    expect(await readFile(join(into, 'vendor/lib/lib.js'), 'utf8')).toBe('pinned');
  });

  test('of a submodule comes along', async () => {
    const { home, library, sample } = await withSubmodule((from) => from.folder);
    const inner = await emptyRepository(join(home, 'inner'));
    await inner.commit({ 'deep.js': 'deep' });
    await library.git('submodule', '--quiet', 'add', inner.folder, 'inner');
    await library.commit();
    const vendor = new SampleRepository(join(sample.folder, 'vendor/lib'));
    await vendor.git('pull', '--quiet', 'origin', 'main');
    await vendor.git('submodule', '--quiet', 'update', '--init', '--recursive');
    await sample.commit();
    await rm(inner.folder, { recursive: true });
    const into = await checkOutRef(sample.folder);
    expect(await readFile(join(into, 'vendor/lib/inner/deep.js'), 'utf8')).toBe('deep');
  });

  test('that was never fetched here is fetched, from a relative URL too', async () => {
    const { home, sample } = await withSubmodule(() => '../library');
    await sample.git('clone', '--quiet', sample.folder, join(home, 'fresh'));
    const into = await checkOutRef(join(home, 'fresh'));
    expect(await readFile(join(into, 'vendor/lib/lib.js'), 'utf8')).toBe('pinned');
  });

  test('with an absolute file URL that was never fetched is left to the user, with the command', async () => {
    const { home, sample } = await withSubmodule((from) => `file://${from.folder}`);
    await sample.git('clone', '--quiet', sample.folder, join(home, 'fresh'));
    const error = await checkOutRef(join(home, 'fresh')).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'SLIP_SUBMODULE' });
    expect((error as { mend: string }).mend).toContain('submodule update --init --recursive');
  });

  test('that .gitmodules does not know is refused rather than left empty', async () => {
    const sample = await sampleRepository();
    const library = await sampleRepository({ 'lib.js': '' });
    await sample.git('update-index', '--add', '--cacheinfo', `160000,${await library.git('rev-parse', 'HEAD')},lost`);
    await mkdir(join(sample.folder, 'lost'));
    await sample.git('commit', '--quiet', '--message', 'lost');
    await expect(checkOutRef(sample.folder)).rejects.toMatchObject({ code: 'SLIP_SUBMODULE' });
  });
});
