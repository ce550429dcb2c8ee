import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { localHost, type LocalHost } from '../support/local-host.ts';
import { noSmallDisk, smallDisk, type SmallDisk } from '../support/small-disk.ts';
import { begin, build, type Files, NOTHING_SHARED, ONE, send, sendOptions, TWO } from './stage.ts';
import { until } from './until.ts';

const skip = noSmallDisk();

interface Cramped extends AsyncDisposable {
  readonly host: LocalHost;
  readonly disk: SmallDisk;
}

/** A host whose deployTo is on a disk of its own. */
async function cramped(options: string, shell: readonly string[] = ['dash']): Promise<Cramped> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-disk-'));
  const disk = await smallDisk(folder, options);
  const host = await localHost({ shell: [...disk.enter, ...shell], deployTo: join(folder, 'srv') });
  await begin(host);
  return {
    host,
    disk,
    [Symbol.asyncDispose]: async () => {
      await host[Symbol.asyncDispose]();
      await disk[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const SMALL: Files = { a: 'a', 'lib/b': 'b' };
const LARGE: Files = Object.fromEntries(
  Array.from({ length: 40 }, (_, n) => [`lib/${n}`, randomBytes(50_000).toString('hex')]),
);

/** Nothing of the release is to be seen, and the one before is as it was. */
async function untouched({ host, disk }: Cramped): Promise<void> {
  disk.run('cd "$1/srv" && [ "$(ls releases)" = ' + `${ONE} ] && [ "$(cat releases/${ONE}/lib/b)" = b ]`);
  const { releases } = await host.client.probe({ instances: [], shared: NOTHING_SHARED, depth: 'look' });
  expect(releases.map(({ id, status }) => [id, status])).toEqual([[ONE, 'ready']]);
}

describe.skipIf(skip !== undefined)(`a disk that takes no more${skip === undefined ? '' : ` (${skip})`}`, () => {
  test.each(['dash', 'bash', 'busybox sh'])('is full in the middle of an upload, under %s', async (shell) => {
    await using at = await cramped('size=3m', shell.split(' '));
    const { host, disk } = at;
    await using small = await build(host, SMALL);
    await using large = await build(host, LARGE);
    await send(host, small, { release: ONE });
    await expect(send(host, large, { release: TWO })).rejects.toMatchObject({
      code: 'SLIP_DISK_FULL',
      message: expect.stringContaining('is full') as string,
      mend: expect.stringContaining('df -h') as string,
    });
    await untouched(at);
    disk.run('[ -z "$(ls "$1/srv/.slipway/incoming")" ] && mount -o remount,size=20m "$1"');
    await send(host, large, { release: TWO });
  });

  test('has no inodes left', async () => {
    await using at = await cramped('size=20m,nr_inodes=60');
    await using small = await build(at.host, SMALL);
    await using large = await build(at.host, LARGE);
    await send(at.host, small, { release: ONE });
    await expect(send(at.host, large, { release: TWO })).rejects.toMatchObject({
      code: 'SLIP_DISK_INODES',
      mend: expect.stringContaining('df -i') as string,
    });
    await untouched(at);
    at.disk.run('mount -o remount,nr_inodes=600 "$1"');
    await send(at.host, large, { release: TWO });
  });

  test('has become read-only in the middle of an upload', async () => {
    await using at = await cramped('size=20m');
    const { host, disk } = at;
    await using small = await build(host, SMALL);
    await using large = await build(host, LARGE);
    await send(host, small, { release: ONE });
    const options = await sendOptions(host, large, { release: TWO });
    const slowly = async function* () {
      // the folder for it is made, and no file is open yet: an open one would keep the disk from it
      await until(() => there(disk));
      disk.run('mount -o remount,ro "$1"');
      yield* options.payload() as AsyncIterable<Buffer>;
    };
    const sending = host.client.receive({ ...options, payload: () => Readable.from(slowly(), { objectMode: false }) });
    await expect(sending).rejects.toMatchObject({
      code: 'SLIP_READ_ONLY',
      mend: expect.stringContaining('dmesg') as string,
    });
    await untouched(at);
    disk.run('mount -o remount,rw "$1"');
    await send(host, large, { release: TWO });
  });

  test('takes no more of this user, as with a quota', async () => {
    // 100 KB a file: whatever is larger cannot be written, though there is room
    const limited = ['sh', '-c', 'trap "" XFSZ; ulimit -f 200; exec dash "$@"', 'sh'];
    await using at = await cramped('size=20m', limited);
    await using small = await build(at.host, SMALL);
    await using large = await build(at.host, { big: 'x'.repeat(500_000) });
    await send(at.host, small, { release: ONE });
    await expect(send(at.host, large, { release: TWO })).rejects.toMatchObject({
      code: 'SLIP_QUOTA',
      mend: expect.stringContaining('quota -s') as string,
    });
    await untouched(at);
  });
});

function there(disk: SmallDisk): boolean {
  try {
    disk.run('ls -d "$1"/srv/.slipway/incoming/*/new');
    return true;
  } catch {
    return false;
  }
}
