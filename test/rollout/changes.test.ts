import { describe, expect, test, vi } from 'vitest';
import { changesBetween } from '../../src/rollout/changes.ts';
import { emptyRepository, sampleRepository, temporaryFolder } from '../git/sample.ts';
import { gitSource } from '../release/building.ts';

const ABSENT = '12'.repeat(20);

async function reasonOf(...asked: Parameters<typeof changesBetween>): Promise<string> {
  const changes = await changesBetween(...asked);
  return changes.type === 'unknown' ? changes.reason : 'they are known';
}

describe('the changes between two revisions', () => {
  test('are commits that a deploy brings, and that the rollback of it takes away', async () => {
    const sample = await sampleRepository();
    const from = await sample.git('rev-parse', 'HEAD');
    const to = await sample.commit({}, 'second');
    const second = { more: 0, commits: [expect.objectContaining({ revision: to, subject: 'second', author: 'Ana' })] };
    const none = { more: 0, commits: [] };
    const source = gitSource(sample);
    expect(await changesBetween(source, { from, to })).toEqual({ type: 'compared', brings: second, takesAway: none });
    expect(await changesBetween(source, { from: to, to: from })).toEqual({
      type: 'compared',
      brings: none,
      takesAway: second,
    });
  });

  test('are unknown, with a reason, where there is nothing to compare', async () => {
    const sample = await sampleRepository();
    const to = await sample.git('rev-parse', 'HEAD');
    const source = gitSource(sample);
    expect(await reasonOf(source, { from: undefined, to })).toBe('There is no commit to compare with.');
    expect(await reasonOf(source, { from: ABSENT, to })).toBe(
      'git does not know 1212121 here: git fetch may bring it.',
    );
    expect(await reasonOf(source, { from: '\u001b[2J\u202e', to })).toContain('git does not know \\u202e here');
    expect(await reasonOf({ type: 'dir', dir: sample.folder, exclude: [] }, { from: to, to })).toContain('folder');
  });

  test('are unknown where there is no repository, no commit or no git, and that is no error', async () => {
    const ends = { from: ABSENT, to: ABSENT };
    const empty = await emptyRepository();
    expect(await reasonOf(gitSource(empty), ends)).toContain('does not know 1212121');
    expect(await reasonOf({ ...gitSource(empty), repository: '/nowhere/at/all' }, ends)).toContain('no such folder');
    const folder = await temporaryFolder();
    expect(await reasonOf({ ...gitSource(empty), repository: folder }, ends)).toContain('is not a git repository');
    vi.stubEnv('PATH', folder);
    expect(await reasonOf(gitSource(empty), ends)).toBe('git could not be started.');
    vi.unstubAllEnvs();
  });
});
