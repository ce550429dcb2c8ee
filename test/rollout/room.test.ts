import { describe, expect, test } from 'vitest';
import { createManifest } from '../../src/release/manifest.ts';
import { delta } from '../../src/release/delta.ts';
import { neededSpace } from '../../src/rollout/room.ts';
import { entry } from '../release/sample.ts';
import { fakeStage } from './support/fake-stage.ts';

const KB = 1024;

describe('the room that a release takes', () => {
  const base = createManifest([entry('lib/a', 'x'.repeat(5000)), entry('lib/b', 'x'), entry('c', 'x')]);
  const next = createManifest([entry('lib/a', 'y'.repeat(5000)), entry('lib/b', 'x'), entry('c', 'x')]);
  const lack = (over?: typeof base) => ({
    host: 'h1',
    there: false,
    base: over && '20261121T114201Z-1111111',
    baseManifest: over,
    delta: delta(over, next),
    codec: 'gzip' as const,
  });

  test('is whole blocks for its files and folders, each with an inode', () => {
    expect(neededSpace(lack(), { next, copied: 'by links' })).toEqual({ bytes: 24 * KB, inodes: 5 });
  });

  test('is no more than what changes where the rest is linked, and all of it where it is copied', () => {
    expect(neededSpace(lack(base), { next, copied: 'by links' })).toEqual({ bytes: 16 * KB, inodes: 3 });
    expect(neededSpace(lack(base), { next, copied: 'whole' })).toEqual({ bytes: 24 * KB, inodes: 5 });
  });

  test('is nothing where the release is there', () => {
    expect(neededSpace({ ...lack(), there: true }, { next, copied: 'whole' })).toEqual({ bytes: 0, inodes: 0 });
  });
});

describe('a deploy', () => {
  test('to a host without room is refused before anything is sent, with what is needed, what is free, and what could go', async () => {
    await using stage = await fakeStage({ hosts: 2 });
    for (const text of ['one', 'two', 'three']) await stage.deploy(text);
    stage.host('h2').disk = { freeBytes: 5_000_000, freeInodes: 1_000_000 };
    const refused = stage.deploy('four');
    await expect(refused).rejects.toMatchObject({ code: 'SLIP_NO_ROOM', host: 'h2' });
    const error = (await refused.catch((thrown: unknown) => thrown)) as { detail: string[]; message: string };
    expect(error.message).toBe('h2 has no room for the release; nothing was sent.');
    expect(error.detail[0]).toMatch(/^h2: 16\.8 MB are needed \(16\.8 MB of it are kept free\), 5\.0 MB are free;/);
    expect(error.detail[1]).toMatch(/would free about 8\.2 KB and 2 files:$/);
    expect(error.detail[2]).toMatch(/^ {2}rm -rf \/srv\/\S+\/releases\/\S+ \/srv\/\S+\/releases\/\S+$/);
    expect(stage.host('h1').lockOwner).toBeUndefined();
  });

  test('is refused for inodes, too; where they are made as they are needed, none is no lack', async () => {
    await using stage = await fakeStage({ hosts: 1 });
    stage.host('h1').disk = { freeBytes: 1e9, freeInodes: 100 };
    await expect(stage.deploy('one')).rejects.toMatchObject({
      code: 'SLIP_NO_ROOM',
      detail: [
        expect.stringContaining('202 files and folders, 100 more are possible'),
        '  No release there can be spared.',
      ],
    });
    stage.host('h1').disk = { freeBytes: 1e9, freeInodes: 0 };
    expect((await stage.deploy('one')).outcome.exitCode).toBe(0);
    stage.host('h1').disk = { freeBytes: undefined, freeInodes: undefined };
    expect((await stage.deploy('two')).outcome.exitCode).toBe(0);
  });
});
