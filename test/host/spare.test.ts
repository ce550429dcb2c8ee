import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { appendFile, chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SharedSettings } from '../../src/config/settings.ts';
import type { LocalHost } from '../support/local-host.ts';
import { at } from './bots.ts';
import { hostMaker, SHELLS, type Shell } from './shells.ts';
import { begin, build, type Built, type Files, NOTHING_SHARED, ONE, send, transmit, TWO } from './stage.ts';
import { filesOf, meta, release } from './trees.ts';

const makeHost = hostMaker();

const BEFORE: Files = {
  'plain.txt': 'plain',
  'lib/a b': 'aaaa',
  'bin/run': { program: '#!/bin/sh\n' },
  link: { link: 'x' },
};
const AFTER: Files = { ...BEFORE, 'plain.txt': 'changed', 'lib/new/c': 'c' };

interface Site extends AsyncDisposable {
  readonly host: LocalHost;
  readonly base: Built;
}

/** A host that runs a release, and has made its spare. */
async function site(shell: Shell, shared = NOTHING_SHARED, files = BEFORE): Promise<Site> {
  const host = await makeHost(shell);
  await begin(host);
  for (const folder of shared.dirs) await mkdir(at(host, 'shared', folder), { recursive: true });
  const base = await build(host, files);
  await send(host, base, { release: ONE, shared });
  await symlink(`releases/${ONE}`, at(host, 'current'));
  await makeSpare(host, ONE);
  return { host, base, [Symbol.asyncDispose]: () => host[Symbol.asyncDispose]() };
}

/** As the end of a rollout makes it, which only comes to it a second later. */
async function makeSpare(host: LocalHost, of: string): Promise<void> {
  const next = at(host, '.slipway/next');
  await rm(next, { recursive: true, force: true });
  await mkdir(join(next, 'new'), { recursive: true });
  execFileSync('cp', ['-al', release(host, of), join(next, 'tree')]);
  await writeFile(join(next, 'of'), `${of}\n`);
}

/** Asks the host, lets it look at its spare, and sends the next release. */
async function sendNext({ host, base }: Site, next: Built, more: { readonly shared?: SharedSettings } = {}) {
  const { shared = NOTHING_SHARED } = more;
  await host.client.probe({ instances: [], shared, depth: 'rights', spare: 'wanted' });
  return transmit(host, next, { release: TWO, base: { release: ONE, manifest: base.manifest }, shared });
}

/** Busybox's find tells too little: there it stays unused. */
const isUsed = (shell: string) => shell !== 'busybox';

/** Whether release TWO was made of the spare: a rename keeps the number of a folder. */
function spareOf(host: LocalHost): () => boolean {
  const { ino } = statSync(at(host, '.slipway/next/tree'));
  return () => statSync(release(host, TWO)).ino === ino;
}

describe.each(SHELLS)('the spare under %s', (shell) => {
  test('is a copy by links of what the host runs, made when a rollout is over', async () => {
    await using own = await site(shell);
    const { host } = own;
    await using next = await build(host, AFTER);
    await send(host, next, { release: TWO });
    await rm(at(host, 'current'));
    await symlink(`releases/${TWO}`, at(host, 'current'));
    const ending = { rollout: 'r1', marks: [], prune: [], history: '', journal: '' };
    await host.client.finish({ ...ending, lock: 'release', spare: 'wanted' });
    const isMade = () => readFileSync(at(host, '.slipway/next/of'), 'utf8') === `${TWO}\n`;
    await expect.poll(isMade, { timeout: 10_000 }).toBe(true);
    expect(await filesOf(at(host, '.slipway/next/tree'))).toEqual(AFTER);
    for (const path of ['plain.txt', 'lib/a b'])
      expect(statSync(at(host, '.slipway/next/tree', path)).ino).toBe(statSync(release(host, TWO, path)).ino);
    expect(readdirSync(meta(host)).filter((name) => name.startsWith('next'))).toEqual(['next']);
  });

  test('becomes the next release, with what was sent laid over it', async () => {
    await using own = await site(shell);
    await using next = await build(own.host, AFTER);
    const wasSpare = spareOf(own.host);
    expect(await sendNext(own, next)).toEqual({ type: 'received', left: [] });
    expect(await filesOf(release(own.host, TWO))).toEqual(AFTER);
    expect(await filesOf(release(own.host, ONE))).toEqual(BEFORE);
    expect(wasSpare()).toBe(isUsed(shell));
    expect(existsSync(meta(own.host, 'next'))).toBe(!isUsed(shell));
  });

  test('loses what the next release has no more', async () => {
    await using own = await site(shell);
    const { 'lib/a b': gone, ...stays } = BEFORE;
    await using next = await build(own.host, { ...stays, lib: 'a file now' });
    const wasSpare = spareOf(own.host);
    expect(gone).toBeDefined();
    expect(await sendNext(own, next)).toEqual({ type: 'received', left: [] });
    expect(await filesOf(release(own.host, TWO))).toEqual({ ...stays, lib: 'a file now' });
    expect(wasSpare()).toBe(isUsed(shell));
  });

  test.each<[string, (file: (path: string) => string) => Promise<unknown>, string]>([
    ['was edited in its place', (file) => appendFile(file('lib/a b'), 'x'), 'differs'],
    ['has a file more', (file) => writeFile(file('lib/more'), 'x'), 'received'],
    ['lost a file', (file) => rm(file('lib/a b')), 'differs'],
    ['has a file of another mode', (file) => chmod(file('bin/run'), 0o644), 'differs'],
    ['has a file by another name', (file) => rename(file('lib/a b'), file('lib/b')), 'differs'],
  ])('is left alone when the release that the host runs %s', async (_what, edit, answer) => {
    await using own = await site(shell);
    await using next = await build(own.host, AFTER);
    const wasSpare = spareOf(own.host);
    await edit((path) => release(own.host, ONE, path));
    expect((await sendNext(own, next)).type).toBe(answer);
    if (answer === 'received') {
      expect(wasSpare()).toBe(false);
      expect(await filesOf(release(own.host, TWO))).toEqual(AFTER);
    } else expect(existsSync(release(own.host, TWO))).toBe(false);
  });

  test('is left alone when nobody has looked at what the host runs', async () => {
    await using own = await site(shell);
    const { host, base } = own;
    await using next = await build(host, AFTER);
    const wasSpare = spareOf(host);
    await host.client.probe({ instances: [], shared: NOTHING_SHARED, depth: 'rights' });
    await send(host, next, { release: TWO, base: { release: ONE, manifest: base.manifest } });
    expect(await filesOf(release(host, TWO))).toEqual(AFTER);
    expect(wasSpare()).toBe(false);
  });

  test('is looked at without a trace', async () => {
    await using own = await site(shell);
    const traces = () => readdirSync(meta(own.host), { recursive: true }).sort();
    const before = traces();
    await own.host.client.probe({ instances: [], shared: NOTHING_SHARED, depth: 'rights', spare: 'wanted' });
    // a request behind it: by then the host has looked
    await own.host.client.history(1);
    expect(traces()).toEqual(before);
  });

  test('keeps links to what is shared, and loses those to what is shared no more', async () => {
    const shared = { files: [], dirs: ['data', 'old'] };
    await using own = await site(shell, shared);
    await using next = await build(own.host, AFTER);
    const wasSpare = spareOf(own.host);
    expect((await sendNext(own, next, { shared: { files: [], dirs: ['data'] } })).type).toBe('received');
    const links = { data: { link: '../../shared/data' } };
    expect(await filesOf(release(own.host, TWO))).toEqual({ ...AFTER, ...links });
    expect(wasSpare()).toBe(false);
    await rm(release(own.host, TWO), { recursive: true });
    await makeSpare(own.host, ONE);
    const again = spareOf(own.host);
    expect((await sendNext(own, next, { shared })).type).toBe('received');
    expect(again()).toBe(isUsed(shell));
    expect(await filesOf(release(own.host, TWO))).toEqual({ ...AFTER, ...links, old: { link: '../../shared/old' } });
  });
});
