import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { connect } from '../../src/ssh/connect.ts';
import { skipReason, startSshd } from '../ssh/support/sshd.ts';
import { DEPLOYED, deployTwice, sshHost } from './ssh-host.ts';

const skip = (await skipReason()) !== undefined;

/** A host whose sshd has these lines, or whose only key has these options. */
async function configured({ config = [], key }: { readonly config?: readonly string[]; readonly key?: string }) {
  const sshd = await startSshd({ config });
  const keys = join(sshd.folder, 'authorized_keys');
  if (key !== undefined) await writeFile(keys, `${key} ${await readFile(keys, 'utf8')}`);
  const host = await sshHost(sshd, { deployTo: join(sshd.folder, 'box/srv'), startMs: 1000 });
  return {
    ...host,
    [Symbol.asyncDispose]: async () => {
      await host[Symbol.asyncDispose]();
      await sshd[Symbol.asyncDispose]();
    },
  };
}

describe.skipIf(skip)('no hindrance is', () => {
  test.each([
    ['a banner before the login', { config: ['Banner /etc/debian_version'] }],
    ['a message of the day', { config: ['PrintMotd yes', 'PrintLastLog yes'] }],
    ['a host that gives no terminals', { config: ['PermitTTY no'] }],
    [
      'a host that takes and sets variables',
      // bash reads .bashrc when SHLVL is as low as SetEnv leaves it: not that of whoever runs the tests
      { config: ['AcceptEnv *', 'PermitUserEnvironment yes', 'SetEnv LC_ALL=xx HOME=/'] },
    ],
    ['a host that forwards nothing', { config: ['DisableForwarding yes'] }],
    [
      'a forced command that runs what was asked for',
      { config: ['ForceCommand exec $SHELL -c "$SSH_ORIGINAL_COMMAND"'] },
    ],
    ['a Match block for others', { config: ['Match User somebody-else', '  ForceCommand /bin/false', 'Match all'] }],
    ['a key that is restricted', { key: 'restrict' }],
    ['a key whose command runs what was asked for', { key: String.raw`command="eval \"$SSH_ORIGINAL_COMMAND\""` }],
    ['a host that compresses', { config: ['Compression yes', 'RekeyLimit 64K'] }],
  ])('%s', async (_what, setting) => {
    await using host = await configured(setting);
    expect(await deployTwice(host)).toEqual(DEPLOYED);
  });
});

const MENU = 'echo "1) backup  2) quit"; read choice; echo "No such choice: $choice"';

interface Forced {
  readonly config?: readonly string[];
  readonly key?: string;
  readonly says: readonly string[];
  readonly how: string;
}

const FORCED: readonly (readonly [string, Forced])[] = [
  [
    'ForceCommand with a program',
    { config: ['ForceCommand echo Backups only.; exit 3'], says: ['Backups only.'], how: 'status 3' },
  ],
  ['ForceCommand for a Match', { config: ['Match all', '  ForceCommand /bin/false'], says: [], how: 'status 1' }],
  ['ForceCommand with a menu', { config: [`ForceCommand ${MENU}`], says: ['1) backup  2) quit'], how: 'within 1s' }],
  [
    'ForceCommand internal-sftp',
    {
      config: ['ForceCommand internal-sftp'],
      says: ['This service allows sftp connections only.'],
      how: 'status 1',
    },
  ],
  [
    'command= of a key',
    { key: 'command="echo Only git here.; exit 128"', says: ['Only git here.'], how: 'status 128' },
  ],
];

describe.skipIf(skip)('what forces another command is named, with what that printed:', () => {
  test.each(FORCED)('%s', async (_what, { says, how, ...setting }) => {
    await using host = await configured(setting);
    await expect(deployTwice(host)).rejects.toMatchObject({
      ...{ exitCode: 3, host: 'box-1' },
      code: how.startsWith('status') ? 'SLIP_NO_SHELL' : 'SLIP_HOST_SILENT',
      message: expect.stringContaining(how),
      mend: expect.stringMatching(/ForceCommand .* command="…" in authorized_keys/),
      detail: says.map((line) => `the host said: ${line}`),
    });
  });

  test('a folder as root that has no shell in it', async (context) => {
    context.skip(process.getuid?.() !== 0, 'only root can change roots');
    // every folder above it has to be root's alone
    const root = await mkdtemp('/run/slipway-chroot-');
    await chmod(root, 0o755);
    await using host = await configured({ config: [`ChrootDirectory ${root}`] });
    await expect(deployTwice(host)).rejects.toMatchObject({
      code: 'SLIP_NO_SHELL',
      mend: expect.stringContaining('ChrootDirectory'),
      detail: [expect.stringContaining('No such file or directory')],
    });
    await rm(root, { recursive: true });
  });

  test('a folder as root that sshd itself refuses', async (context) => {
    context.skip(process.getuid?.() !== 0, 'only root can change roots');
    await using host = await configured({ config: ['ChrootDirectory /tmp'] });
    await expect(deployTwice(host)).rejects.toMatchObject({
      code: 'SLIP_NO_SHELL',
      detail: ['the host said: bad ownership or modes for chroot directory "/tmp"'],
    });
  });
});

describe.skipIf(skip)('sessions', () => {
  test('one at a time is enough to look and to send', async () => {
    await using host = await configured({ config: ['MaxSessions 1'] });
    expect(await deployTwice(host)).toEqual(DEPLOYED);
  });

  test('a host that allows fewer than are needed is named, with the setting', async () => {
    await using sshd = await startSshd({ config: ['MaxSessions 1'] });
    const connection = await connect(sshd.spec({ name: 'box-1' }), { timing: { channelMs: 200 } });
    const first = await connection.open('cat');
    await expect(connection.open('true')).rejects.toMatchObject({
      code: 'SLIP_CHANNEL_REFUSED',
      mend: expect.stringContaining('MaxSessions'),
    });
    first.close();
    await connection.close();
  });
});
