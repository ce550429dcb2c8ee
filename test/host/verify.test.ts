import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hostMaker, SHELLS } from './shells.ts';
import { begin, build, ONE, send } from './stage.ts';
import { ODD, release } from './trees.ts';

const makeHost = hostMaker();

test.each(SHELLS)(
  'verify under %s finds a changed, a missing and a replaced file, whatever it is called',
  async (shell) => {
    await using host = await makeHost(shell);
    await begin(host);
    const shared = { files: ['.env'], dirs: ['data'] };
    await mkdir(join(host.deployTo, 'shared'), { recursive: true });
    await writeFile(join(host.deployTo, 'shared/.env'), 'A=1');
    await using built = await build(host, { ...ODD, 'data/tracked': 't', 'data.txt': 'd' });
    await send(host, built, { release: ONE, shared });
    const verify = () => host.client.verify({ release: ONE, digest: built.manifest.digest, shared });
    await expect(verify()).resolves.toBeUndefined();
    const faults: Readonly<Record<string, (file: string) => Promise<void>>> = {
      'plain.txt': (file) => writeFile(file, 'PLAIN'),
      'data.txt': (file) => rm(file),
      'new\nline': (file) => writeFile(file, 'x'),
      'back\\slash\\n\\055': (file) => rm(file),
      'bin/link': async (file) => {
        await rm(file);
        await symlink('elsewhere', file);
      },
    };
    for (const [name, damage] of Object.entries(faults)) {
      await damage(release(host, ONE, name));
      await expect(verify(), name).rejects.toMatchObject({ code: 'SLIP_VERIFY' });
      await rm(release(host, ONE), { recursive: true });
      await send(host, built, { release: ONE, shared });
    }
    await rm(release(host, ONE), { recursive: true });
    await expect(verify()).rejects.toMatchObject({ code: 'SLIP_ABSENT' });
  },
);
