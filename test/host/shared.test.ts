import { existsSync } from 'node:fs';
import { lstat, mkdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LocalHost } from '../support/local-host.ts';
import { hostMaker, SHELLS } from './shells.ts';
import { begin, build, NOTHING_SHARED, ONE, send, TWO } from './stage.ts';

const makeHost = hostMaker();

const SHARED = { files: ['.env', 'config/deep/flags $x.json'], dirs: ['data', 'var/log/app'] };

const at = (host: LocalHost, ...path: string[]) => join(host.deployTo, ...path);

async function layFiles(host: LocalHost): Promise<void> {
  await mkdir(at(host, 'shared/config/deep'), { recursive: true });
  await writeFile(at(host, 'shared/.env'), 'A=1');
  await writeFile(at(host, 'shared/config/deep/flags $x.json'), '{}');
}

describe.each(SHELLS)('shared paths under %s', (shell) => {
  test('files and folders at any depth are linked into the release, and missing folders are made', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    await layFiles(host);
    await using built = await build(host, { a: 'a', 'config/own': 'o' });
    await send(host, built, { release: ONE, shared: SHARED });
    const release = at(host, 'releases', ONE);
    expect(await readlink(join(release, '.env'))).toBe('../../shared/.env');
    expect(await readFile(join(release, 'config/deep/flags $x.json'), 'utf8')).toBe('{}');
    expect(await readFile(join(release, 'config/own'), 'utf8')).toBe('o');
    await writeFile(join(release, 'var/log/app/line'), 'l');
    expect(await readFile(at(host, 'shared/var/log/app/line'), 'utf8')).toBe('l');
    expect((await lstat(join(release, 'data'))).isSymbolicLink()).toBe(true);
  });

  test('a tracked path in the way is replaced, and what is shared stays as it is from release to release', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    await layFiles(host);
    await using one = await build(host, { '.env': 'tracked', 'data/x': 'tracked', var: 'a file on the way', a: '1' });
    await using two = await build(host, { '.env': 'tracked', 'data/x': 'changed', var: 'a file on the way', a: '2' });
    await send(host, one, { release: ONE, shared: SHARED });
    await writeFile(at(host, 'shared/data/x'), 'precious');
    await send(host, two, { release: TWO, shared: SHARED, base: { release: ONE, manifest: one.manifest } });
    expect(await readFile(at(host, 'releases', TWO, '.env'), 'utf8')).toBe('A=1');
    expect(await readFile(at(host, 'releases', TWO, 'data/x'), 'utf8')).toBe('precious');
    expect(await readFile(at(host, 'releases', TWO, 'a'), 'utf8')).toBe('2');
  });

  test('a shared file that is missing stops before the release is published', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    await using built = await build(host, { a: 'a' });
    await expect(send(host, built, { release: ONE, shared: SHARED })).rejects.toMatchObject({
      code: 'SLIP_SHARED',
      message: 'local-1: shared/.env does not exist.',
    });
    const state = await host.client.probe({ instances: [], shared: SHARED, depth: 'rights' });
    expect(state.releases).toMatchObject([{ id: ONE, status: 'preparing' }]);
    expect(state.findings.map(({ what }) => what)).toEqual([
      'shared/.env does not exist',
      'shared/config/deep/flags $x.json does not exist',
    ]);
  });

  test('a tracked link on the way to a shared path gives way, and what it points at is not touched', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    await mkdir(at(host, 'shared/dir'), { recursive: true });
    await writeFile(at(host, 'shared/dir/file'), 'shared');
    await using built = await build(host, { 'real/file': 'precious', dir: { link: 'real' } });
    await send(host, built, { release: ONE, shared: { files: ['dir/file'], dirs: [] } });
    const release = at(host, 'releases', ONE);
    expect(await readFile(join(release, 'real/file'), 'utf8')).toBe('precious');
    expect(await readFile(join(release, 'dir/file'), 'utf8')).toBe('shared');
  });
});

test('a release can be published again with other shared paths', async () => {
  await using host = await makeHost('dash');
  await begin(host);
  await layFiles(host);
  await using built = await build(host, { a: 'a' });
  await send(host, built, { release: ONE, shared: { files: ['.env'], dirs: [] } });
  await rm(at(host, 'releases', ONE), { recursive: true });
  await send(host, built, { release: ONE, shared: { files: [], dirs: ['data'] } });
  expect(existsSync(at(host, 'releases', ONE, 'data'))).toBe(true);
});

test('where only folders are shared, a base still serves', async () => {
  await using host = await makeHost('dash');
  await begin(host);
  await using one = await build(host, { a: 'a', b: 'b' });
  await send(host, one, { release: ONE, shared: { files: [], dirs: ['data', 'old'] } });
  await using two = await build(host, { a: 'a', b: 'changed' });
  const base = { release: ONE, manifest: one.manifest };
  await send(host, two, { release: TWO, base, shared: { files: [], dirs: ['data'] } });
  expect(await readFile(at(host, 'releases', TWO, 'a'), 'utf8')).toBe('a');
  expect(existsSync(at(host, 'releases', TWO, 'data'))).toBe(true);
  await expect(lstat(at(host, 'releases', TWO, 'old'))).rejects.toThrow('ENOENT');
});

test('a ledger that cannot be read is no published release', async () => {
  await using host = await makeHost('dash');
  await begin(host);
  await using built = await build(host, { a: 'a' });
  await send(host, built, { release: ONE });
  await rm(at(host, '.slipway/ledger', `${ONE}.json`));
  await symlink('/nowhere', at(host, '.slipway/ledger', `${ONE}.json`));
  const state = await host.client.probe({ instances: [], shared: NOTHING_SHARED, depth: 'look' });
  expect(state.releases).toEqual([]);
});
