import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { resolveCommit } from '../../src/git/commit.ts';
import { type DeployRef, listRefs } from '../../src/git/refs.ts';
import { openRepository } from '../../src/git/repository.ts';
import { commitSigned, grow, trap } from './growing.ts';
import { emptyRepository, type SampleRepository, sampleRepository } from './sample.ts';

afterEach(() => vi.unstubAllEnvs());

const list = async ({ folder }: SampleRepository) => listRefs(await openRepository(folder));

const names = (refs: readonly DeployRef[], kind: DeployRef['kind']) =>
  refs.filter((ref) => ref.kind === kind).map(({ name }) => name);

/** A commit at a second of 2026. */
async function commitAt(sample: SampleRepository, second: number, subject: string): Promise<string> {
  vi.stubEnv('GIT_COMMITTER_DATE', `${START + second} +0200`);
  return sample.commit({}, subject);
}

const START = Date.UTC(2026, 0, 1) / 1000;

/** A repository whose remote-tracking branches are as given. */
async function tracking(refs: Readonly<Record<string, string>>): Promise<SampleRepository> {
  const sample = await sampleRepository();
  for (const [name, at] of Object.entries(refs)) await sample.git('update-ref', `refs/remotes/${name}`, at);
  return sample;
}

describe('what can be deployed', () => {
  test('are branches, tags and commits, each with its commit, newest first', async () => {
    const sample = await emptyRepository();
    const one = await commitAt(sample, 1, 'one');
    await sample.git('tag', 'v1');
    const two = await commitAt(sample, 2, 'two');
    await sample.git('branch', 'stable', one);
    const short = async (id: string) => sample.git('rev-parse', '--short', id);
    const first = { revision: one, subject: 'one', author: 'Ana', at: (START + 1) * 1000 };
    const second = { revision: two, subject: 'two', author: 'Ana', at: (START + 2) * 1000 };
    expect(await list(sample)).toEqual([
      { name: 'main', kind: 'branch', ...second },
      { name: await short(two), kind: 'commit', ...second },
      { name: 'stable', kind: 'branch', ...first },
      { name: 'v1', kind: 'tag', ...first },
      { name: await short(one), kind: 'commit', ...first },
    ]);
  });

  test('are known by names that git resolves to the same commit', async () => {
    const sample = await tracking({ 'origin/only-there': 'HEAD', 'origin/feature/login': 'HEAD' });
    await sample.git('branch', 'a,b');
    await sample.git('branch', 'both');
    await sample.commit({}, 'second');
    await sample.git('tag', 'both');
    await sample.git('tag', '--annotate', '--message', 'one', 'v1');
    const refs = await list(sample);
    expect(names(refs, 'branch').sort()).toEqual([
      'a,b',
      'heads/both',
      'main',
      'origin/feature/login',
      'origin/only-there',
    ]);
    expect(names(refs, 'tag')).toEqual(['tags/both', 'v1']);
    const repository = await openRepository(sample.folder);
    for (const { name, revision } of refs) expect((await resolveCommit(repository, name)).id, name).toBe(revision);
  });

  test('leave out what the remote has of a branch that is here at the same commit', async () => {
    const sample = await tracking({ 'origin/main': 'HEAD', 'origin/fix': 'HEAD', 'team/main': 'HEAD' });
    await sample.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main');
    expect(names(await list(sample), 'branch')).toEqual(['main', 'origin/fix']);
    await sample.commit({}, 'not pushed');
    expect(names(await list(sample), 'branch')).toEqual(
      expect.arrayContaining(['main', 'origin/fix', 'origin/main', 'team/main']),
    );
    expect(names(await list(sample), 'branch')).toHaveLength(4);
  });

  test('have the commit of a tag, through annotated tags and tags of tags, and no tag of anything else', async () => {
    const sample = await sampleRepository();
    const commit = await sample.git('rev-parse', 'HEAD');
    await sample.git('tag', '--annotate', '--message', 'words of the tag', 'outer');
    await sample.git('tag', '--annotate', '--message', 'nested', 'nested', 'outer');
    await sample.git('tag', 'file', 'HEAD:app.js');
    await sample.git('tag', '--annotate', '--message', 'tree', 'tree', 'HEAD^{tree}');
    const tags = (await list(sample)).filter(({ kind }) => kind === 'tag');
    const told = { kind: 'tag', revision: commit, subject: 'first', author: 'Ana' };
    expect(tags).toEqual([expect.objectContaining({ name: 'nested', ...told }), expect.objectContaining(told)]);
  });

  test('are fit for a terminal, whatever encoding and characters they were written in', async () => {
    const sample = await sampleRepository();
    await sample.git('config', 'i18n.commitEncoding', 'ISO-8859-1');
    await sample.git('config', 'user.name', 'A\u001b[31mna');
    await writeFile(join(sample.folder, 'message'), Buffer.from('caf\u00e9\u001b]52;c;aGk=\u0007 au lait', 'latin1'));
    await sample.git('commit', '--quiet', '--allow-empty', '--file', 'message');
    await sample.git('branch', 'safe\u202egnp.exe');
    const refs = (await list(sample)).filter(({ subject }) => subject !== 'first');
    expect(new Set(refs.map(({ subject, author }) => `${subject} by ${author}`))).toEqual(
      new Set(['café au lait by Ana']),
    );
    expect(names(refs, 'branch')).toEqual(['main', 'safe\\u202egnp.exe']);
  });

  test('are told as they are, whatever the user has git log do, and start no program', async () => {
    const sample = await sampleRepository();
    await commitSigned(sample, 'signed');
    await sample.git('tag', 'v1');
    const { folder, program } = await trap();
    const settings = {
      'log.excludeDecoration': 'refs/tags/*',
      'log.decorate': 'no',
      'log.showSignature': 'true',
      'color.ui': 'always',
      'gpg.program': program,
      'core.pager': program,
    };
    for (const [key, value] of Object.entries(settings)) await sample.git('config', key, value);
    const refs = await list(sample);
    expect([...names(refs, 'branch'), ...names(refs, 'tag')]).toEqual(['main', 'v1']);
    expect(refs.map(({ subject }) => subject)).toEqual(['signed', 'signed', 'signed', 'first']);
    expect(await readdir(folder)).toEqual(['trap.sh']);
  });

  test('pass over refs that are damaged', async () => {
    const sample = await sampleRepository();
    await writeFile(join(sample.folder, '.git/refs/heads/gone'), `${'12'.repeat(20)}\n`);
    await writeFile(join(sample.folder, '.git/refs/heads/junk'), 'junk\n');
    expect(names(await list(sample), 'branch')).toEqual(['main']);
  });

  test('are those of the working tree that has no branch, too', async () => {
    const sample = await sampleRepository();
    await sample.git('checkout', '--quiet', '--detach');
    const loose = await sample.commit({}, 'loose');
    const refs = await list(sample);
    expect(refs.filter(({ revision }) => revision === loose).map(({ kind }) => kind)).toEqual(['commit']);
    expect(names(refs, 'branch')).toEqual(['main']);
  });

  test('are found although HEAD is on a branch without a commit', async () => {
    const sample = await sampleRepository();
    await sample.git('checkout', '--quiet', '--orphan', 'fresh');
    expect((await list(sample)).map(({ kind }) => kind)).toEqual(['branch', 'commit']);
  });

  test('are found in a bare repository, and from a folder inside of one', async () => {
    const sample = await sampleRepository({ 'apps/web/app.js': '' });
    const inside = await listRefs(await openRepository(join(sample.folder, 'apps/web')));
    const bare = await emptyRepository(undefined, '--bare');
    await sample.git('push', '--quiet', bare.folder, 'main');
    expect(inside.map(({ kind }) => kind)).toEqual(['branch', 'commit']);
    expect(await list(bare)).toEqual(inside);
  });

  test('are refused by name where nothing was committed yet', async () => {
    const sample = await emptyRepository();
    await expect(list(sample)).rejects.toMatchObject({
      code: 'SLIP_NO_COMMITS',
      exitCode: 2,
      message: `The repository ${sample.folder} has no commits yet.`,
    });
  });

  test('are the newest two thousand refs and two hundred commits of however many', async () => {
    const sample = await emptyRepository();
    grow(sample, { commits: 2500, tag: (n) => `v${n}` });
    const refs = await list(sample);
    const newest = (count: number) => Array.from({ length: count }, (_, i) => `v${2500 - i}`);
    expect(names(refs, 'branch')).toEqual(['main']);
    expect(names(refs, 'tag')).toEqual(newest(1999));
    expect(refs.filter(({ kind }) => kind === 'commit').map(({ subject }) => `v${subject}`)).toEqual(newest(200));
    expect(refs.map(({ at }) => at)).toEqual(refs.map(({ at }) => at).sort((a, b) => b - a));
  });

  test('are no more than two thousand refs of a single commit', async () => {
    const sample = await sampleRepository();
    const head = await sample.git('rev-parse', 'HEAD');
    const packed = Array.from({ length: 3000 }, (_, n) => `${head} refs/tags/v${10_000 + n}\n`).join('');
    await writeFile(join(sample.folder, '.git/packed-refs'), packed);
    const refs = await list(sample);
    expect(names(refs, 'branch')).toEqual(['main']);
    expect(names(refs, 'tag')).toHaveLength(1999);
  });

  test('are not waited for by who has given up', async () => {
    const sample = await sampleRepository();
    const repository = await openRepository(sample.folder);
    const reason = new Error('enough');
    await expect(listRefs(repository, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
