import { chmod, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { sanitise } from '../../src/base/sanitise.ts';
import { resolveCommit } from '../../src/git/commit.ts';
import { leftOutPaths } from '../../src/git/dirty.ts';
import { openRepository } from '../../src/git/repository.ts';
import { emptyRepository, sampleRepository, temporaryFolder, writeFiles } from './sample.ts';

async function refusal(work: Promise<unknown>): Promise<UserError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

describe('a repository', () => {
  test('is found from a folder inside it', async () => {
    const sample = await sampleRepository({ 'apps/web/app.js': '' });
    const repository = await openRepository(join(sample.folder, 'apps/web'));
    expect(repository.top).toBe(sample.folder);
  });

  test('that is no repository is refused with what git says', async () => {
    const folder = await temporaryFolder();
    const error = await refusal(openRepository(folder));
    expect(error.code).toBe('SLIP_NO_REPOSITORY');
    expect(error.detail.join()).toContain('not a git repository');
  });

  test('whose folder does not exist is refused with its name', async () => {
    const error = await refusal(openRepository('/nowhere/at/all'));
    expect(error.code).toBe('SLIP_NO_REPOSITORY');
    expect(error.message).toContain('/nowhere/at/all');
  });

  test('without a commit says that it has none yet', async () => {
    const sample = await emptyRepository();
    const error = await refusal(resolveCommit(await openRepository(sample.folder), 'HEAD'));
    expect(error.code).toBe('SLIP_NO_COMMITS');
  });

  test('is found although the caller runs inside a hook of another one', async () => {
    const sample = await sampleRepository();
    const other = await sampleRepository({ 'other.js': '' });
    process.env['GIT_DIR'] = join(other.folder, '.git');
    process.env['GIT_INDEX_FILE'] = join(other.folder, '.git/index');
    try {
      const repository = await openRepository(sample.folder);
      expect(repository.gitDir).toBe(join(sample.folder, '.git'));
      expect((await resolveCommit(repository, 'HEAD')).id).toBe(await sample.git('rev-parse', 'HEAD'));
    } finally {
      delete process.env['GIT_DIR'];
      delete process.env['GIT_INDEX_FILE'];
    }
  });

  test('cannot be opened without git, and that is said', async () => {
    const folder = await temporaryFolder();
    const path = process.env['PATH'];
    process.env['PATH'] = folder;
    try {
      expect((await refusal(openRepository(folder))).code).toBe('SLIP_GIT_MISSING');
    } finally {
      process.env['PATH'] = path;
    }
  });
});

describe('a ref', () => {
  test.each(['HEAD', 'main', 'v1.0', 'refs/tags/v1.0', 'HEAD^{commit}'])(
    '%s resolves to the commit it names',
    async (ref) => {
      const sample = await sampleRepository();
      await sample.git('tag', '--annotate', '--message', 'one', 'v1.0');
      const commit = await resolveCommit(await openRepository(sample.folder), ref);
      expect(commit).toEqual({ id: await sample.git('rev-parse', 'HEAD'), ref, subject: 'first', author: 'Ana' });
    },
  );

  test('that does not exist is refused with its name, the repository, and the nearest ref', async () => {
    const sample = await sampleRepository();
    await sample.git('branch', 'feature/login');
    const error = await refusal(resolveCommit(await openRepository(sample.folder), 'feature/logni'));
    expect(error.code).toBe('SLIP_NO_REF');
    expect(error.message).toContain('feature/logni');
    expect(error.message).toContain(sample.folder);
    expect(error.mend).toContain('Did you mean feature/login?');
  });

  test('that exists only on a remote is named with its remote', async () => {
    const origin = await sampleRepository();
    await origin.git('branch', 'stable');
    const sample = await sampleRepository();
    await sample.git('remote', 'add', 'upstream', origin.folder);
    await sample.git('fetch', '--quiet', 'upstream');
    const error = await refusal(resolveCommit(await openRepository(sample.folder), 'stable'));
    expect(error.mend).toContain('upstream/stable');
  });

  test('that names a file and not a commit is refused', async () => {
    const sample = await sampleRepository();
    expect((await refusal(resolveCommit(await openRepository(sample.folder), 'HEAD:app.js'))).code).toBe('SLIP_NO_REF');
  });

  test.each([
    '--output=pwned',
    '-x',
    '--upload-pack=touch pwned',
    '$(touch pwned)',
    '`touch pwned`',
    'main; touch pwned',
    'main\ntouch pwned',
    'main touch',
    'main\0',
    '',
    ' ',
    '..',
    'main..main',
    '\u001b]0;pwned\u0007',
  ])('%j runs nothing, is no option, and is refused by name', async (ref) => {
    const sample = await sampleRepository();
    const before = await readdir(sample.folder);
    const error = await refusal(resolveCommit(await openRepository(sample.folder), ref));
    expect(error.code).toBe('SLIP_NO_REF');
    expect(`${error.message}${error.mend ?? ''}`).not.toMatch(/[\u0000-\u001f]/);
    expect(await readdir(sample.folder)).toEqual(before);
  });

  test('with an odd but legal name resolves', async () => {
    const sample = await sampleRepository();
    await sample.git('branch', "it's-$(odd)-ü");
    const commit = await resolveCommit(await openRepository(sample.folder), "it's-$(odd)-ü");
    expect(commit.id).toBe(await sample.git('rev-parse', 'HEAD'));
  });

  test.each([
    ['one line', 'fix'],
    ['a subject over two lines, with blanks around', '\n\n  Fix  the \t\n roof  \n\nIt leaked.\n'],
    ['nothing at all', ''],
    ['a body alone, without an end', 'x\n\ny'],
  ])('has subject and author as git log tells them: %s', async (_, message) => {
    const sample = await sampleRepository();
    await sample.git('config', 'user.name', 'Ana <the> Ü.');
    await sample.git(
      'commit',
      '--quiet',
      '--allow-empty',
      '--allow-empty-message',
      '--cleanup=verbatim',
      '-m',
      message,
    );
    const commit = await resolveCommit(await openRepository(sample.folder), 'HEAD');
    const logged = (await sample.git('log', '-1', '--format=%s%x00%an')).split('\0');
    expect([commit.subject, commit.author]).toEqual(logged.map(sanitise));
  });

  test('has its subject read in the encoding that the commit names', async () => {
    const sample = await sampleRepository();
    await sample.git('config', 'i18n.commitEncoding', 'ISO-8859-1');
    await writeFile(join(sample.folder, 'message'), Buffer.from('caf\u00e9', 'latin1'));
    await sample.git('commit', '--quiet', '--allow-empty', '--file', 'message');
    expect((await resolveCommit(await openRepository(sample.folder), 'HEAD')).subject).toBe('café');
  });

  test('is found by words of its message', async () => {
    const sample = await sampleRepository();
    await sample.commit({ a: '1' }, 'mend the roof');
    const id = await sample.git('rev-parse', 'HEAD');
    await sample.commit({ a: '2' }, 'other');
    expect((await resolveCommit(await openRepository(sample.folder), ':/the roof')).id).toBe(id);
  });

  test('shows subject and author without control characters', async () => {
    const sample = await sampleRepository();
    await sample.git('config', 'user.name', 'A\u001b[31mna');
    await sample.commit({ a: '1' }, 'sub\u001b]52;c;aGk=\u0007ject');
    const commit = await resolveCommit(await openRepository(sample.folder), 'HEAD');
    expect(commit).toMatchObject({ subject: 'subject', author: 'Ana' });
  });

  test('is read without running a program that the repository configures', async () => {
    const sample = await sampleRepository();
    const trap = join(sample.folder, 'trap.sh');
    await writeFiles(sample.folder, { 'trap.sh': `#!/bin/sh\ntouch ${sample.folder}/sprung\n` });
    await chmod(trap, 0o755);
    for (const key of ['core.fsmonitor', 'gpg.program', 'core.pager', 'core.editor'])
      await sample.git('config', key, trap);
    await sample.git('config', 'log.showSignature', 'true');
    const repository = await openRepository(sample.folder);
    const commit = await resolveCommit(repository, 'HEAD');
    await leftOutPaths(repository, commit);
    expect(await readdir(sample.folder)).not.toContain('sprung');
  });
});

describe('a dirty tree', () => {
  test('names changed, staged, deleted and untracked paths, whatever they are called', async () => {
    const sample = await sampleRepository({ 'a.js': '1', 'b.js': '1', 'c d.js': '1' });
    await writeFiles(sample.folder, { 'a.js': '2', 'new\nline': '', 'b.js': '3' });
    await sample.git('add', 'b.js');
    await sample.git('rm', '--quiet', 'c d.js');
    const repository = await openRepository(sample.folder);
    const paths = await leftOutPaths(repository, await resolveCommit(repository, 'HEAD'));
    expect(paths.sort()).toEqual(['a.js', 'b.js', 'c d.js', 'new^Jline']);
  });

  test('leaves nothing out when another commit than HEAD is deployed, or the tree is clean', async () => {
    const sample = await sampleRepository();
    await sample.commit({ b: '1' });
    const repository = await openRepository(sample.folder);
    expect(await leftOutPaths(repository, await resolveCommit(repository, 'HEAD'))).toEqual([]);
    await symlink('x', join(sample.folder, 'untracked'));
    expect(await leftOutPaths(repository, await resolveCommit(repository, 'HEAD~1'))).toEqual([]);
  });
});
