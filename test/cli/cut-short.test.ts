import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { skipReason } from '../ssh/support/sshd.ts';
import { isSoak } from '../support/soak.ts';
import { until } from '../host/until.ts';
import { type Box, pausing, type SshdSite, startSshdSite } from './support/sshd-site.ts';

const skip = (await skipReason()) !== undefined;

type Fault = (box: Box) => Promise<() => void>;

/** How a host goes away, and how it comes back. */
const FAULTS: Readonly<Record<string, Fault>> = {
  'whose sshd is killed': async ({ sshd }) => {
    for (const pid of await sshd.connectionPids()) process.kill(pid, 'SIGKILL');
    return () => undefined;
  },
  'whose sshd is stopped': async ({ sshd }) => {
    const pids = await sshd.connectionPids();
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    return () => pids.forEach((pid) => process.kill(pid, 'SIGKILL'));
  },
  'behind a wire that swallows everything': async ({ wire }) => {
    wire.hold();
    return () => {
      wire.cut();
      wire.release();
    };
  },
};

/** Silence of three seconds is death here (ServerAlive); besides there is the time it takes to come there. */
const DEADLINE_MS = 15_000;

/** A tar that waits, in the middle of an upload. */
async function slowTar({ folder, boxes: [, two] }: SshdSite): Promise<void> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'tar'), `#!/bin/sh\n${pausing(folder)}\nexec /usr/bin/tar "$@"\n`, { mode: 0o755 });
  await two.force(`PATH=${bin}:$PATH; exec "$SHELL" -c "$SSH_ORIGINAL_COMMAND"`);
}

/** A service that takes its time to start. */
const service = (folder: string) => ({
  start: `${pausing(folder)}; touch "$LOG_FILE.runs"`,
  stop: 'rm -f "$LOG_FILE.runs"',
  status: '[ -e "$LOG_FILE.runs" ] || exit 3',
});

const began = ({ folder }: SshdSite) => until(() => readdirSync(folder).includes('began'), 45_000);
const goOn = ({ folder }: SshdSite) => writeFile(join(folder, 'go'), '');

const TRANSPORTS = ['ssh2', 'openssh'] as const;

/** Every fault over both transports in the soak; else over one, the other one at the next moment. */
function ways(moment: 0 | 1 | 2) {
  return Object.keys(FAULTS).flatMap((what, index) =>
    TRANSPORTS.filter((_, at) => isSoak || at === (index + moment) % 2).map((transport) => ({ what, transport })),
  );
}

// several wait at the same time, on a machine that may have two cores
describe.skipIf(skip)('a host', { timeout: 90_000 }, () => {
  test.concurrent.each(ways(0))(
    '$what while it is read ends a deploy before anything is changed, over $transport',
    async (way) => {
      await using site = await startSshdSite({ env: { SLIPWAY_TRANSPORT: way.transport } });
      const [one, two] = site.boxes;
      await two.force(`${pausing(site.folder)}; eval "$SSH_ORIGINAL_COMMAND"`);
      const deploy = site.start('deploy', 'staging', '--yes');
      await began(site);
      const from = Date.now();
      const mend = await FAULTS[way.what]!(two);
      const ran = await deploy.ended;
      expect(Date.now() - from).toBeLessThan(DEADLINE_MS);
      expect(ran).toMatchObject({ code: 3, stderr: expect.stringMatching(/connection to two .*was lost[^]* → /) });
      for (const { list } of [one, two]) expect([...(await list('releases')), ...(await list('.slipway'))]).toEqual([]);
      mend();
      await goOn(site);
      expect(await site.run('deploy', 'staging', '--yes')).toMatchObject({ code: 0 });
      expect(await two.read('current/text')).toBe('one');
    },
  );

  test.concurrent.each(ways(1))(
    '$what during the upload has nothing published, and is sent the rest when it is back, over $transport',
    async (way) => {
      await using site = await startSshdSite({ env: { SLIPWAY_TRANSPORT: way.transport } });
      const [one, two] = site.boxes;
      expect(await site.run('deploy', 'staging', '--yes')).toMatchObject({ code: 0 });
      const before = await two.list('releases');
      await site.commit({ text: 'two', big: randomBytes(3_000_000) });
      await slowTar(site);
      const deploy = site.start('deploy', 'staging', '--yes');
      await began(site);
      const from = Date.now();
      const mend = await FAULTS[way.what]!(two);
      await until(() => /two: .*was lost.* Trying again/.test(deploy.said()), DEADLINE_MS);
      expect(Date.now() - from).toBeLessThan(DEADLINE_MS);
      for (const { read } of [one, two]) expect(await read('current/text')).toBe('one');
      expect(await two.list('releases')).toEqual(before);
      mend();
      await goOn(site);
      expect(await deploy.ended).toMatchObject({ code: 0 });
      for (const { read } of [one, two]) expect(await read('current/text')).toBe('two');
      expect(await two.list('.slipway/incoming')).toEqual([]);
    },
  );

  test.concurrent.each(ways(2))(
    '$what while an instance starts is followed again when it is back, over $transport',
    async (way) => {
      const folder = await mkdtemp(join(tmpdir(), 'slipway-slow-'));
      const role = { service: service(folder) };
      await using site = await startSshdSite({ env: { SLIPWAY_TRANSPORT: way.transport }, role });
      const [one] = site.boxes;
      await goOn({ ...site, folder });
      expect(await site.run('deploy', 'staging', '--yes')).toMatchObject({ code: 0 });
      for (const file of ['began', 'go']) await rm(join(folder, file));
      await site.commit({ text: 'two' });
      const deploy = site.start('deploy', 'staging', '--yes');
      await began({ ...site, folder });
      const from = Date.now();
      const mend = await FAULTS[way.what]!(one);
      await until(() => /one: .*lost/.test(deploy.said()));
      expect(Date.now() - from).toBeLessThan(DEADLINE_MS);
      mend();
      await goOn({ ...site, folder });
      expect(await deploy.ended).toMatchObject({ code: 0 });
      for (const { read } of site.boxes) expect(await read('current/text')).toBe('two');
      await rm(folder, { recursive: true });
    },
  );
});
