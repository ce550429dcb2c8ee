import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { must } from '../hosts/process.ts';
import { skipReason, startSshd } from '../ssh/support/sshd.ts';
import { onlyTools } from './shells.ts';
import { DEPLOYED, deployTwice, type Logins, loginShell, sshHost, startLogins } from './ssh-host.ts';
import { begin, build, lockOptions, NOTHING_SHARED, ONE, send, TWO } from './stage.ts';

const skip = (await skipReason()) !== undefined;
const isRoot = process.getuid?.() === 0;
let logins: Logins | undefined;
beforeAll(async () => {
  if (!skip) logins = await startLogins();
});
afterAll(async () => logins?.[Symbol.asyncDispose]());

const probing = { instances: [], shared: NOTHING_SHARED, depth: 'rights' as const };

/** A login with nothing but the basic tools, and not even this one. */
async function without(tool: string) {
  const bin = onlyTools({});
  await rm(join(bin, tool));
  return logins!.host(`PATH=${bin}; ${loginShell('/bin/sh')}`);
}

describe.skipIf(skip)('a host without', () => {
  test.each(['gzip', 'dd'])('%s cannot be read, and is told which tool it lacks', async (tool) => {
    await using host = await without(tool);
    await expect(host.client.probe(probing)).rejects.toMatchObject({
      ...{ code: 'SLIP_TOOL', host: 'box-1', message: `box-1: ${tool} is not installed.` },
      mend: expect.stringMatching(/apt-get install (gzip|coreutils)$/),
    });
  });

  test.each(['sha256sum', 'tar', 'awk', 'head', 'xargs', 'sed', 'timeout'])(
    '%s can be read, and is told what a deploy will need',
    async (tool) => {
      await using host = await without(tool);
      const { findings } = await host.client.probe(probing);
      expect(findings.map(({ what }) => what)).toContain(`${tool} is not installed`);
    },
  );

  test('sha256sum is not locked', async () => {
    await using host = await without('sha256sum');
    await expect(host.client.lock(lockOptions('r1'))).rejects.toMatchObject({ code: 'SLIP_TOOL' });
  });

  test('sh is told so', async () => {
    await using host = await without('sh');
    await expect(host.client.probe(probing)).rejects.toMatchObject({
      code: 'SLIP_NO_SHELL',
      message: expect.stringContaining('status 127'),
      detail: [expect.stringContaining('sh')],
    });
  });
});

describe.skipIf(skip)('no hindrance is', () => {
  test.each([
    ['a home that is not there', 'export HOME=/nowhere; cd /'],
    ['a home that is not set', 'unset HOME USER LOGNAME SHELL MAIL'],
    ['a folder that is gone', 'mkdir -p "$0.gone" && cd "$0.gone" && rmdir "$0.gone"'],
    ['a place for temporary files that is not there', 'export TMPDIR=/nowhere'],
    ['an environment of hundreds of variables', 'for n in $(seq 500); do export "v$n=$n"; done'],
    ['few open files', 'ulimit -n 24'],
  ])('%s', async (_what, login) => {
    await using host = await logins!.host(`${login}; ${loginShell('bash')}`);
    expect(await deployTwice(host)).toEqual(DEPLOYED);
  });

  test('a /tmp that is full', async (context) => {
    context.skip(!isRoot, 'only root can mount');
    const folder = await mkdtemp('/var/tmp/slipway-full-');
    const full =
      'mount -t tmpfs -o size=4k none /tmp; yes >/tmp/full 2>/dev/null; exec bash -c "$SSH_ORIGINAL_COMMAND"';
    await using host = await logins!.host(`exec unshare -m sh -c '${full}'`, { deployTo: join(folder, 'box/srv') });
    expect(await deployTwice(host)).toEqual(DEPLOYED);
    await rm(folder, { recursive: true });
  });
});

/** A host with a small disk of its own on /mnt. */
async function smallDisk(options: string) {
  const sshd = await startSshd({ mounts: `mount -t tmpfs -o ${options} none /mnt; mkdir -p /mnt/srv` });
  const host = await sshHost(sshd, { deployTo: '/mnt/srv/app' });
  const near = { deployTo: join(sshd.folder, 'near') };
  return {
    ...{ host, near },
    remount: (changed: string) =>
      must(['nsenter', '-t', String(sshd.pid), '-m', 'mount', '-o', `remount,${changed}`, '/mnt']),
    releases: () => readdir(`/proc/${sshd.pid}/root/mnt/srv/app/releases`),
    incoming: () => readdir(`/proc/${sshd.pid}/root/mnt/srv/app/.slipway/incoming`),
    [Symbol.asyncDispose]: async () => {
      await host[Symbol.asyncDispose]();
      await sshd[Symbol.asyncDispose]();
    },
  };
}

describe.skipIf(skip || !isRoot)('a disk', () => {
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`file-${n}`, String(n)]));
  const big = { big: randomBytes(600_000).toString('hex') };

  test.each([
    { what: 'that is full', code: 'SLIP_DISK_FULL', options: 'size=800k', files: big },
    { what: 'without inodes', code: 'SLIP_DISK_INODES', options: 'size=8m,nr_inodes=120', files: many },
  ])(
    '$what in the middle of an upload is named; nothing of it stays, and with room it works',
    async ({ code, options, files }) => {
      await using disk = await smallDisk(options);
      const { host, near } = disk;
      await begin(host);
      await using first = await build(near, { a: 'a' });
      await using second = await build(near, { a: 'a', ...files });
      await send(host, first, { release: ONE });
      const base = { release: ONE, manifest: first.manifest };
      await expect(send(host, second, { release: TWO, base })).rejects.toMatchObject({
        ...{ code, exitCode: 3, message: expect.stringContaining('box-1: the disk of /mnt/srv/app') },
        mend: expect.stringContaining('Look at what'),
      });
      expect(await disk.releases()).toEqual([ONE]);
      expect(await disk.incoming()).toEqual([]);
      await disk.remount('size=8m,nr_inodes=4000');
      await send(host, second, { release: TWO, base });
      expect((await disk.releases()).sort()).toEqual([ONE, TWO]);
    },
  );

  test('that is full already when it is locked is named', async () => {
    await using disk = await smallDisk('size=8k,nr_inodes=20');
    await expect(begin(disk.host)).rejects.toMatchObject({ code: 'SLIP_DISK_FULL' });
  });

  test('that has become read-only is named when planning, when locking, and in the middle of an upload', async () => {
    await using disk = await smallDisk('size=8m');
    const { host, near } = disk;
    const named = { code: 'SLIP_READ_ONLY', message: 'box-1: the file system of /mnt/srv/app is read-only.' };
    await begin(host);
    await using built = await build(near, big);
    await disk.remount('ro');
    await expect(send(host, built, { release: ONE })).rejects.toMatchObject(named);
    await expect(host.client.lock(lockOptions('r2'))).rejects.toMatchObject(named);
    const { findings, notWritable } = await host.client.probe(probing);
    expect(findings).toMatchObject([{ severity: 'missing', what: '/mnt is mounted read-only' }]);
    expect(notWritable).toBe(undefined);
    await disk.remount('rw');
    await send(host, built, { release: ONE });
    expect(await disk.releases()).toEqual([ONE]);
  });
});
