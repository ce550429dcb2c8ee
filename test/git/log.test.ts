import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { commitsBetween, compareCommits, type Comparison } from '../../src/git/log.ts';
import { commitSigned, grow, trap } from './growing.ts';
import { emptyRepository, type SampleRepository, sampleRepository, temporaryFolder } from './sample.ts';

type Compared = Extract<Comparison, { type: 'compared' }>;

async function compare({ folder }: SampleRepository, from: string, to: string): Promise<Compared> {
  const comparison = await compareCommits({ cwd: folder }, { from, to });
  expect(comparison.type).toBe('compared');
  return comparison as Compared;
}

const subjects = ({ commits }: Compared['brings']) => commits.map(({ subject }) => subject);

/** main: first, second, third; beside: first, other. */
async function forked() {
  const sample = await sampleRepository();
  const first = await sample.git('rev-parse', 'HEAD');
  await sample.commit({}, 'second');
  const third = await sample.commit({}, 'third');
  await sample.git('checkout', '--quiet', '-b', 'beside', first);
  const other = await sample.commit({}, 'other');
  return { sample, first, third, other };
}

const ABSENT = '12'.repeat(20);

describe('going from one commit to another', () => {
  test('brings what lies between, newest first', async () => {
    const { sample, first, third } = await forked();
    const { brings, takesAway } = await compare(sample, first, third);
    expect(subjects(brings)).toEqual(['third', 'second']);
    expect(brings.commits[0]).toEqual({
      revision: third,
      short: await sample.git('rev-parse', '--short', third),
      subject: 'third',
      author: 'Ana',
      at: Number(await sample.git('log', '-1', '--format=%ct', third)) * 1000,
    });
    expect([brings.more, takesAway]).toEqual([0, { commits: [], more: 0 }]);
  });

  test('takes away, backwards, the same commits', async () => {
    const { sample, first, third } = await forked();
    const { brings, takesAway } = await compare(sample, third, first);
    expect(subjects(takesAway)).toEqual(['third', 'second']);
    expect(brings).toEqual({ commits: [], more: 0 });
  });

  test('does both where they have parted', async () => {
    const { sample, third, other } = await forked();
    const { brings, takesAway } = await compare(sample, third, other);
    expect([subjects(brings), subjects(takesAway)]).toEqual([['other'], ['third', 'second']]);
  });

  test('brings nothing where it is the same one', async () => {
    const { sample, first } = await forked();
    const nothing = { commits: [], more: 0 };
    expect(await compare(sample, first, first)).toEqual({ type: 'compared', brings: nothing, takesAway: nothing });
  });

  test.each([
    [201, 200, 0],
    [202, 200, 1],
    [1000, 200, 799],
  ])('with %d commits tells %d of those after the first, and counts %d more', async (commits, told, more) => {
    const sample = await emptyRepository();
    grow(sample, { commits });
    const [first, last] = (await sample.git('rev-list', 'main')).split('\n').reverse().filter(isEnd);
    const { brings } = await compare(sample, first!, last!);
    expect([brings.commits.length, brings.more]).toEqual([told, more]);
    expect(subjects(brings)[0]).toBe(String(commits));
    expect((await compare(sample, last!, first!)).takesAway).toEqual(brings);
  });

  test('names the ones that git does not know, and asks it for nothing but ids', async () => {
    const { sample, first } = await forked();
    const ids = async (from: string, to: string) => compareCommits({ cwd: sample.folder }, { from, to });
    expect(await ids(first, ABSENT)).toEqual({ type: 'unknown', ids: [ABSENT] });
    expect(await ids(ABSENT, ABSENT)).toEqual({ type: 'unknown', ids: [ABSENT] });
    const tree = await sample.git('rev-parse', 'HEAD^{tree}');
    expect(await ids(tree, first)).toEqual({ type: 'unknown', ids: [tree] });
    for (const odd of ['main', 'HEAD', '--output=pwned', '', first.slice(0, 12), `${first}\n`])
      expect(await ids(odd, first)).toEqual({ type: 'unknown', ids: [odd] });
  });

  test('is unknown on a shallow clone that lacks one of them', async () => {
    const { sample, first, third } = await forked();
    const shallow = await emptyRepository(await temporaryFolder());
    await shallow.git('fetch', '--quiet', '--depth=1', `file://${sample.folder}`, 'main');
    expect(await compareCommits({ cwd: shallow.folder }, { from: first, to: third })).toEqual({
      type: 'unknown',
      ids: [first],
    });
  });

  test('is given up with the signal', async () => {
    const { sample, first, third } = await forked();
    const reason = new Error('enough');
    const place = { cwd: sample.folder, signal: AbortSignal.abort(reason) };
    await expect(compareCommits(place, { from: first, to: third })).rejects.toBe(reason);
  });
});

describe('the commits that are told with a plan', () => {
  test('are a line each, the newest twenty', async () => {
    const sample = await emptyRepository();
    grow(sample, { commits: 30 });
    const [first, last] = (await sample.git('rev-list', 'main')).split('\n').reverse().filter(isEnd);
    const told = await commitsBetween(sample.folder, { from: first!, to: last! });
    expect(told).toHaveLength(20);
    expect(told[0]).toBe(`${await sample.git('rev-parse', '--short', 'main')} 30`);
  });

  test('are told as they are, whatever the user has git log do, and start no program', async () => {
    const { sample, first } = await forked();
    const signed = await commitSigned(sample, 'signed');
    await sample.git('config', 'log.showSignature', 'true');
    const { folder, program } = await trap();
    await sample.git('config', 'gpg.program', program);
    await sample.git('config', 'color.ui', 'always');
    const told = await commitsBetween(sample.folder, { from: first, to: signed });
    expect(told.map((line) => line.replace(/^[0-9a-f]+ /, ''))).toEqual(['signed', 'other']);
    expect(subjects((await compare(sample, first, signed)).brings)).toEqual(['signed', 'other']);
    expect(await readdir(folder)).toEqual(['trap.sh']);
  });

  test('are none where git does not know one of them', async () => {
    const { sample, first } = await forked();
    expect(await commitsBetween(sample.folder, { from: ABSENT, to: first })).toEqual([]);
    expect(await commitsBetween(sample.folder, { from: '--all', to: first })).toEqual([]);
  });
});

/** The first and the last one. */
function isEnd(_: string, index: number, all: readonly string[]): boolean {
  return index === 0 || index === all.length - 1;
}
