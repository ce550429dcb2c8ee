import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { needMend, needText } from '../../src/host/needs.ts';
import { localHost, type LocalHost } from '../support/local-host.ts';
import { hostMaker, SHELLS } from './shells.ts';
import { begin, bot, NOTHING_SHARED } from './stage.ts';

const makeHost = hostMaker();
const isRoot = process.getuid?.() === 0;
const probing = { instances: [], shared: NOTHING_SHARED, depth: 'rights' as const };

/** Root may write everywhere: somebody else is logged in then. */
const somebody = isRoot ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'env', 'LOGNAME=deploy'] : [];
const SHELLS_OF_SOMEBODY = [['dash'], ['bash'], ['busybox', 'sh']].map((shell) => [...somebody, ...shell]);

/** A stage of somebody who is not root. */
async function theirs(shell: readonly string[]): Promise<LocalHost> {
  const folder = realpathSync(await mkdtemp(join(tmpdir(), 'slipway-theirs-')));
  chmodSync(folder, 0o755);
  const deployTo = join(folder, "it's ours");
  await using root = await localHost({ deployTo });
  await begin(root);
  if (isRoot) execFileSync('chown', ['-R', '65534:65534', deployTo]);
  const host = await localHost({ shell, deployTo, env: isRoot ? {} : { LOGNAME: 'deploy' } });
  return {
    ...host,
    [Symbol.asyncDispose]: async () => {
      await host[Symbol.asyncDispose]();
      execFileSync('chmod', ['-R', 'u+w', folder]);
      rmSync(folder, { recursive: true });
    },
  };
}

describe.each(SHELLS_OF_SOMEBODY)('under %s …', (...shell) => {
  test('a folder of slipway that somebody else has made is named, once for all of them, with its mend', async () => {
    await using host = await theirs(shell);
    const path = (name: string) => join(host.deployTo, name);
    expect((await host.client.probe(probing)).findings).toEqual([]);
    chmodSync(path('releases'), 0o555);
    chmodSync(path('instances'), 0o555);
    const own = ['.slipway', 'releases', 'instances'].map((name) => `'${path(name).replaceAll("'", `'\\''`)}'`);
    const { findings, notWritable } = await host.client.probe(probing);
    expect(notWritable).toBeUndefined();
    expect(findings).toEqual([
      {
        ...{ severity: 'missing', kind: 'denied', what: `no right to write to ${path('releases')}` },
        mend: `As root on the host: chown -R deploy ${own.join(' ')}`,
      },
    ]);
  });
});

describe.each(SHELLS)('under %s', (shell) => {
  test('a host says what time it is when it is asked', async () => {
    await using host = await makeHost(shell);
    const before = Date.now();
    const time = await host.client.time();
    // busybox knows no milliseconds
    expect(time).toBeGreaterThan(before - 1000);
    expect(time).toBeLessThan(Date.now() + 1000);
  });

  test('uploads that have not come to their end are counted, and only where the rights are asked for', async () => {
    await using host = await makeHost(shell);
    expect(await host.client.probe(probing)).toMatchObject({ cutUploads: 0 });
    await begin(host);
    for (const name of ['one', 'two']) mkdirSync(join(host.deployTo, '.slipway/incoming', name));
    expect(await host.client.probe(probing)).toMatchObject({ cutUploads: 2 });
    expect((await host.client.probe({ ...probing, depth: 'look' })).cutUploads).toBeUndefined();
  });
});

test('units of a user who does not linger are a warning, once for all of them', async () => {
  await using host = await makeHost('dash', { env: { LOGNAME: 'nobody-lingers' } });
  const instances = ['1', '2'].map((n) =>
    bot({ name: `bot.${n}`, service: { type: 'systemd', unit: `greeter@${n}`, scope: 'user' } }),
  );
  const { findings } = await host.client.probe({ ...probing, instances });
  expect(findings.filter(({ kind }) => kind === 'lingers')).toEqual([
    {
      ...{ severity: 'warning', kind: 'lingers' },
      what: 'the units of nobody-lingers end with its last session and do not start with the host: it does not linger',
      mend: 'As root on the host: loginctl enable-linger nobody-lingers',
    },
  ]);
});

test('a disk that makes inodes as it needs them is not taken for one that has none left', async () => {
  const folder = realpathSync(await mkdtemp(join(tmpdir(), 'slipway-stat-')));
  const play = (answer: string) =>
    writeFileSync(join(folder, 'stat'), `#!/bin/sh\ncase $* in *%c*) echo "${answer}" ;; esac\n`, { mode: 0o755 });
  await using host = await makeHost('dash', { first: folder, deployTo: join(folder, 'srv') });
  play('1000 4096 0 0');
  expect((await host.client.probe(probing)).disk).toEqual({ freeBytes: 4_096_000, freeInodes: undefined });
  play('1000 4096 0 5000');
  expect((await host.client.probe(probing)).disk).toEqual({ freeBytes: 4_096_000, freeInodes: 0 });
  rmSync(folder, { recursive: true });
});

test('whatever the host script may find missing has words and a mend', () => {
  const folder = join(dirname(import.meta.dirname), '../src/host/script');
  const script = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  const kinds = script.flatMap((text) =>
    [...text.matchAll(/\bneed (?:missing|warning) (\w+)/g)].map(([, kind]) => kind!),
  );
  expect(kinds.length).toBeGreaterThan(10);
  for (const kind of kinds) {
    expect(needText([kind, 'a', 'b', 'c'])).not.toMatch(/^missing: /);
    expect(needMend([kind, 'a', 'b', 'c'])).not.toBe('');
  }
});
