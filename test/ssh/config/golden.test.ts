import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALL_ALLOWED } from '../../../src/ssh/algorithms.ts';
import { resolveTarget } from '../../../src/ssh/resolve.ts';
import type { HostSpec, Target } from '../../../src/ssh/spec.ts';
import { FILES, FORBIDDEN, HOSTS, PARTS } from './golden-files.ts';

/**
 * Every host is resolved twice, by `ssh -G` and by our own reading of the same files, and both must say the same.
 * What may differ, and why:
 * - default key files: OpenSSH also names id_dsa and id_xmss, which few builds can read;
 * - algorithms: ours lists what differs from ssh2's defaults, ssh prints all that its build has;
 * - keywords that slipway has no use for are not checked by ours, where ssh refuses unknown ones;
 * - `0:0::1` stays as it is written, where ssh writes ::1;
 * - CanonicalizeHostname and the criteria of newer versions of Match are refused by ours.
 */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-golden-'));
  await mkdir(join(folder, 'parts', 'deep'), { recursive: true });
});
afterAll(() => rm(folder, { recursive: true }));

const env = {
  ...{ PATH: process.env['PATH'], SHELL: '/bin/sh', SSH_AUTH_SOCK: '/run/agent.sock' },
  ...{ KEYS: '/srv/keys', OTHER_AGENT: '/run/other.sock' },
};

const defaults = /\/\.ssh\/id_(?:dsa|xmss)$/;

/** Without what is named above. */
function comparable(spec: HostSpec): HostSpec {
  return {
    ...spec,
    identityFiles: spec.identityFiles.filter((file) => !defaults.test(file)),
    algorithms: ALL_ALLOWED,
    jumps: spec.jumps.map(comparable),
  };
}

async function both(target: Target, sshConfigFile: string) {
  const ways = [{}, { ssh: '/nonexistent/ssh' }].map(async (way) => {
    try {
      return comparable(await resolveTarget(target, env, { sshConfigFile, ...way }));
    } catch (error) {
      return { refused: (error as { code?: string }).code ?? String(error) };
    }
  });
  const [openSsh, ours] = await Promise.all(ways);
  return { openSsh, ours };
}

describe('a configuration means the same to ssh and to us:', () => {
  beforeAll(async () => {
    await Promise.all(Object.entries(PARTS).map(([name, text]) => writeFile(join(folder, 'parts', name), text)));
    await symlink(join(folder, 'parts', 'deep', 'two'), join(folder, 'parts', 'link'));
  });

  describe.each(Object.entries(FILES))('%s', (name, text) => {
    test.each(HOSTS[name] ?? ['a'])('%s', async (host) => {
      const file = join(folder, name.replaceAll(' ', '-'));
      await writeFile(file, text.replaceAll('FOLDER', folder));
      for (const extra of [{}, { user: 'given', port: 2222 }]) {
        const { openSsh, ours } = await both({ name: host, host, ...extra }, file);
        expect(ours).toEqual(openSsh);
      }
    });
  });

  test('an include that includes itself', async () => {
    const file = join(folder, 'endless');
    await writeFile(file, `Include ${file}\n`);
    const { openSsh, ours } = await both({ name: 'a', host: 'a' }, file);
    expect({ openSsh, ours }).toEqual({
      openSsh: { refused: 'SLIP_SSH_CONFIG' },
      ours: { refused: 'SLIP_SSH_CONFIG' },
    });
  });

  test('an included file that others can write to', async () => {
    const [file, open] = [join(folder, 'guarded'), join(folder, 'open')];
    await writeFile(open, 'User x\n');
    await chmod(open, 0o666);
    await writeFile(file, `Include ${open}\n`);
    const { openSsh, ours } = await both({ name: 'a', host: 'a' }, file);
    expect({ openSsh, ours }).toEqual({
      openSsh: { refused: 'SLIP_SSH_CONFIG' },
      ours: { refused: 'SLIP_SSH_CONFIG' },
    });
  });

  test('a file that is missing', async () => {
    const { openSsh, ours } = await both({ name: 'a', host: 'a' }, join(folder, 'nowhere'));
    expect({ openSsh, ours }).toEqual({
      openSsh: { refused: 'SLIP_SSH_CONFIG' },
      ours: { refused: 'SLIP_SSH_CONFIG' },
    });
  });

  test('no command is run by a criterion that stands behind one that failed', () => {
    expect(existsSync(FORBIDDEN)).toBe(false);
  });
});
