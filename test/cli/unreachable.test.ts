import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rawServer } from '../ssh/support/fake-server.ts';
import { makeKey, publicKey, skipReason } from '../ssh/support/sshd.ts';
import type { Ran } from './support/site.ts';
import { type Box, type SshdSite, startSshdSite } from './support/sshd-site.ts';

const skip = (await skipReason()) !== undefined;

/** What only ssh2 can tell from another: ssh itself ends with 255, whatever it was. */
const mends = (transport: string, ours: string) => (transport === 'ssh2' ? ours : 'See where it stops: ssh -v');

/** Lines of ssh_config for the host that cannot be reached. */
type Lines = (box: Box, folder: string) => Promise<readonly string[]>;

const otherHostKey: Lines = async ({ sshd }, folder) => {
  const file = join(folder, 'other');
  await makeKey(file, 'ed25519');
  await writeFile(`${file}_hosts`, `[127.0.0.1]:${sshd.port} ${await publicKey(file)}\n`);
  return [`  UserKnownHostsFile ${file}_hosts`];
};

const stranger: Lines = async (_box, folder) => {
  await makeKey(join(folder, 'stranger'), 'ed25519');
  return [`  IdentityFile ${join(folder, 'stranger')}`];
};

const manyKeys: Lines = async ({ sshd }, folder) => {
  const files = Array.from({ length: 8 }, (_, n) => join(folder, `key-${n}`));
  for (const file of files) await makeKey(file, 'ed25519');
  return [...files, sshd.userKey].map((file) => `  IdentityFile ${file}`);
};

describe.skipIf(skip).each(['ssh2', 'openssh'])(
  'over %s a deploy changes nothing, and says why and where, with',
  (transport) => {
    let site: SshdSite;
    beforeAll(async () => {
      site = await startSshdSite({ env: { SLIPWAY_TRANSPORT: transport } });
    });
    afterAll(async () => site[Symbol.asyncDispose]());

    /** Deploys to two hosts of which the second cannot be reached. */
    async function refused(lines: Lines): Promise<Ran> {
      await site.configure('two', await lines(site.boxes[1], site.folder));
      const ran = await site.run('deploy', 'staging', '--yes');
      await site.configure('two', []);
      for (const { list } of site.boxes) expect([...(await list('releases')), ...(await list('.slipway'))]).toEqual([]);
      expect(ran).toMatchObject({ code: 3, stdout: '', stderr: expect.stringMatching(/\btwo\b.*\n[^]* → /) });
      return ran;
    }

    test('a port where nothing listens', async () => {
      const gone = await rawServer(() => undefined);
      await gone[Symbol.asyncDispose]();
      const { stderr } = await refused(async () => [`  Port ${gone.port}`]);
      expect(stderr).toContain(`port ${gone.port}`);
      expect(stderr).toContain(mends(transport, 'Is sshd running there'));
    });

    test('garbage in place of a greeting', async () => {
      await using server = await rawServer((socket) => socket.end('HTTP/1.1 400 Bad\u001b]0;x\u0007 Request\r\n\r\n'));
      const { stderr } = await refused(async () => [`  Port ${server.port}`]);
      expect(stderr).toContain(mends(transport, 'the host said: HTTP/1.1 400 Bad Request'));
    });

    test('silence in place of a greeting, within ConnectTimeout', async () => {
      await using server = await rawServer(() => undefined);
      const from = Date.now();
      const { stderr } = await refused(async () => [`  Port ${server.port}`]);
      expect(stderr).toContain(mends(transport, 'did not finish the SSH handshake within 2s'));
      expect(Date.now() - from).toBeLessThan(10_000);
    });

    test('a host key that is not the known one', async () => {
      const { stderr } = await refused(otherHostKey);
      expect(stderr).toMatch(/other_hosts:1[^]*ssh-keygen/);
    });

    test('a key that is not let in', async () => {
      const { stderr } = await refused(stranger);
      expect(stderr).toContain(mends(transport, 'ssh-copy-id'));
      expect(stderr).toContain(transport === 'ssh2' ? 'stranger (ED25519 SHA256:' : 'Permission denied (publickey)');
    });

    test('more keys than the host has patience for', async () => {
      const { stderr } = await refused(manyKeys);
      expect(stderr).toContain('Too many authentication failures');
      expect(stderr).toContain(mends(transport, 'IdentitiesOnly yes'));
    });

    test('a login that runs something else', async () => {
      await site.boxes[1].force('echo Backups only.; exit 3');
      const { stderr } = await refused(async () => []);
      await site.boxes[1].force(undefined);
      expect(stderr).toMatch(/two let us log in.* status 3\.\n.*the host said: Backups only\.\n.*ForceCommand/);
    });

    test('none of these, and all is well', async () => {
      expect(await site.run('deploy', 'staging', '--yes')).toMatchObject({ code: 0 });
      for (const { read } of site.boxes) expect(await read('current/text')).toBe('one');
    });
  },
);
