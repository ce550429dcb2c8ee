import { existsSync } from 'node:fs';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { connect } from '../../src/ssh/connect.ts';
import type { ConnectOptions } from '../../src/ssh/connect.ts';
import { OpenSshConnection } from '../../src/ssh/openssh/connection.ts';
import { resolveTarget } from '../../src/ssh/resolve.ts';
import type { Connection } from '../../src/ssh/transport.ts';
import { must, waitFor } from '../hosts/process.ts';
import { makeKey, publicKey, skipReason, startSshd } from './support/sshd.ts';
import type { Sshd } from './support/sshd.ts';

const skip = await skipReason();

/** There is none to be had ready made: it takes a compiler and OpenSSL's headers. */
const canBuildSecurityKey = existsSync('/usr/bin/cc') && existsSync('/usr/include/openssl/evp.h');

/** Connects as a user would, by a configuration. An environment of its own: answers of ssh are kept for each. */
async function connectBy(sshd: Sshd, lines: readonly string[], options: ConnectOptions = {}): Promise<Connection> {
  const file = join(sshd.folder, 'tried_config');
  const host = ['Host fra-1', '  HostName 127.0.0.1', `  Port ${sshd.port}`, ...lines.map((line) => `  ${line}`)];
  await writeFile(file, `${host.join('\n')}\n${await readFile(sshd.sshConfig, 'utf8')}`);
  return connect(
    await resolveTarget({ name: 'fra-1', host: 'fra-1' }, { ...process.env }, { sshConfigFile: file }),
    options,
  );
}

/** What a command says, and which transport carried it. */
async function serve(connection: Connection) {
  const channel = await connection.open('echo hello');
  channel.stdin.end();
  const said = await text(channel.stdout);
  await connection.close();
  return [said, connection instanceof OpenSshConnection ? 'openssh' : 'ssh2'];
}

const OVER_OPENSSH = ['hello\n', 'openssh'];
const OVER_SSH2 = ['hello\n', 'ssh2'];

describe.skipIf(skip !== undefined)('what ssh can do, slipway can', () => {
  test('a host with nothing special is reached over ssh2', async () => {
    await using sshd = await startSshd();
    expect(await serve(await connectBy(sshd, []))).toEqual(OVER_SSH2);
  });

  test('a certificate of the user lets in', async () => {
    await using sshd = await startSshd({ config: ['AuthorizedKeysFile none', 'TrustedUserCAKeys /tmp/none'] });
    const authority = join(sshd.folder, 'user_ca');
    await makeKey(authority, 'ed25519');
    await must(['ssh-keygen', '-q', '-s', authority, '-I', 'test', '-n', userInfo().username, `${sshd.userKey}.pub`]);
    await using trusting = await startSshd({
      config: ['AuthorizedKeysFile none', `TrustedUserCAKeys ${authority}.pub`],
    });
    const lines = [
      `IdentityFile ${sshd.userKey}`,
      `CertificateFile ${sshd.userKey}-cert.pub`,
      `UserKnownHostsFile ${trusting.knownHosts}`,
    ];
    expect(await serve(await connectBy(trusting, lines))).toEqual(OVER_OPENSSH);
    await expect(connectBy(trusting, lines, { transport: 'ssh2' })).rejects.toMatchObject({
      code: 'SLIP_AUTH_REFUSED',
    });
  });

  test.skipIf(!canBuildSecurityKey)('a security key lets in, as ssh has it', async () => {
    await using sshd = await startSshd();
    const provider = join(sshd.folder, 'sk-provider.so');
    const source = new URL('./support/sk-provider.c', import.meta.url).pathname;
    await must(['cc', '-shared', '-fPIC', '-o', provider, source, '-lcrypto']);
    const key = join(sshd.folder, 'id_sk');
    await must(['ssh-keygen', '-q', '-t', 'ed25519-sk', '-w', provider, '-N', '', '-f', key]);
    await sshd.authorize(await publicKey(key));
    const config = await readFile(sshd.sshConfig, 'utf8');
    await writeFile(sshd.sshConfig, config.replace(sshd.userKey, key));
    expect(await serve(await connectBy(sshd, [`SecurityKeyProvider ${provider}`]))).toEqual(OVER_OPENSSH);
    // the file itself says that only ssh can use it, which here has no provider for it
    await expect(connectBy(sshd, [])).rejects.toMatchObject({ code: 'SLIP_OPENSSH' });
  });

  test('a host is known by the authority that vouches for it, and one without a certificate is not', async () => {
    await using sshd = await startSshd();
    const authority = join(sshd.folder, 'host_ca');
    await makeKey(authority, 'ed25519');
    const hostKey = join(sshd.folder, 'host_ed25519');
    await must(['ssh-keygen', '-q', '-s', authority, '-h', '-I', 'test', '-n', '127.0.0.1', `${hostKey}.pub`]);
    await using vouched = await startSshd({ config: [`HostKey ${hostKey}`, `HostCertificate ${hostKey}-cert.pub`] });
    const knownHosts = join(sshd.folder, 'authorities');
    await writeFile(knownHosts, `@cert-authority * ${await publicKey(authority)}\n`);
    const lines = [`UserKnownHostsFile ${knownHosts}`];
    expect(await serve(await connectBy(vouched, lines))).toEqual(OVER_OPENSSH);
    await expect(connectBy(sshd, lines)).rejects.toMatchObject({ exitCode: 3 });
    // known by itself as well, it is one for ssh2
    await appendFile(knownHosts, `[127.0.0.1]:${vouched.port} ${await publicKey(hostKey)}\n`);
    expect(await serve(await connectBy(vouched, lines))).toEqual(OVER_SSH2);
  });

  test.each([
    ['sntrup761x25519-sha512@openssh.com', OVER_OPENSSH],
    ['curve25519-sha256', OVER_SSH2],
  ])('a server whose only exchange of keys is %s', async (kex, expected) => {
    await using sshd = await startSshd({ config: [`KexAlgorithms ${kex}`] });
    expect(await serve(await connectBy(sshd, []))).toEqual(expected);
  });

  test('a server that ssh2 cannot talk to is not asked again where ssh2 is asked for', async () => {
    await using sshd = await startSshd({ config: ['KexAlgorithms sntrup761x25519-sha512@openssh.com'] });
    await expect(connectBy(sshd, [], { transport: 'ssh2' })).rejects.toMatchObject({ code: 'SLIP_HANDSHAKE' });
    await expect(connectBy(sshd, [], { env: { PATH: '/nonexistent' } })).rejects.toMatchObject({
      code: 'SLIP_HANDSHAKE',
    });
  });

  test('a host is reached through those that ProxyJump names', async () => {
    await using bastion = await startSshd();
    await using inner = await startSshd();
    await using sshd = await startSshd();
    const known = `UserKnownHostsFile ${bastion.knownHosts} ${inner.knownHosts} ${sshd.knownHosts}`;
    await appendFile(
      bastion.knownHosts,
      (await readFile(inner.knownHosts, 'utf8')) + (await readFile(sshd.knownHosts, 'utf8')),
    );
    await bastion.authorize(await publicKey(sshd.userKey));
    await inner.authorize(await publicKey(sshd.userKey));
    const jumps = `ProxyJump bastion,127.0.0.1:${inner.port}`;
    const lines = [
      known,
      jumps,
      `Host bastion`,
      `  HostName 127.0.0.1`,
      `  Port ${bastion.port}`,
      'Host *',
      `  ${known}`,
    ];
    expect(await serve(await connectBy(sshd, lines))).toEqual(OVER_SSH2);
    expect(await serve(await connectBy(sshd, lines, { transport: 'openssh' }))).toEqual(OVER_OPENSSH);
  });

  test('a host is reached through a ProxyCommand with tokens', async () => {
    await using sshd = await startSshd();
    const relay = `const s = require("net").connect(%p, "%h"); process.stdin.pipe(s).pipe(process.stdout)`;
    const lines = [`ProxyCommand ${process.execPath} -e '${relay}'`];
    expect(await serve(await connectBy(sshd, lines))).toEqual(OVER_SSH2);
  });
});

describe.skipIf(skip !== undefined).each(['ssh2', 'openssh'] as const)('the agent, over %s', (transport) => {
  test('is forwarded where that is configured, and nowhere else', async () => {
    await using sshd = await startSshd();
    const socket = join(sshd.folder, 'agent');
    const pid = /SSH_AGENT_PID=(\d+)/.exec(await must(['ssh-agent', '-s', '-a', socket]))![1]!;
    try {
      await must(['env', `SSH_AUTH_SOCK=${socket}`, 'ssh-add', '-q', sshd.userKey]);
      const listed = async (lines: readonly string[]) => {
        const connection = await connectBy(sshd, lines, { transport });
        const channel = await connection.open('ssh-add -l');
        channel.stdin.end();
        const said = await text(channel.stdout);
        await connection.close();
        return said;
      };
      expect(await listed([`IdentityAgent ${socket}`, 'ForwardAgent yes'])).toContain('ED25519');
      expect(await listed([`IdentityAgent ${socket}`])).toBe('');
    } finally {
      process.kill(Number(pid));
    }
  });

  test('is done without where the host does not allow it', async () => {
    await using sshd = await startSshd({ config: ['AllowAgentForwarding no'] });
    const connection = await connectBy(sshd, [`ForwardAgent ${join(sshd.folder, 'agent')}`], { transport });
    for (const word of ['one', 'two']) {
      const channel = await connection.open(`echo ${word}`);
      channel.stdin.end();
      expect(await text(channel.stdout)).toBe(`${word}\n`);
    }
    await connection.close();
  });
});

describe.skipIf(skip !== undefined)('a host that proves to have further keys', () => {
  test('is known by them from then on, where UpdateHostKeys is on', async () => {
    await using sshd = await startSshd({ hostKeys: ['ed25519', 'ecdsa'] });
    const knownHosts = join(sshd.folder, 'few_known_hosts');
    const learned = async (setting: string) => {
      await writeFile(knownHosts, `[127.0.0.1]:${sshd.port} ${sshd.hostKeys[0]!}\n`);
      const lines = [`UserKnownHostsFile ${knownHosts}`, `UpdateHostKeys ${setting}`];
      const connection = await connectBy(sshd, lines, { transport: 'ssh2' });
      const known = async () => (await readFile(knownHosts, 'utf8')).split('\n').filter(Boolean).length;
      if (setting === 'yes')
        await waitFor(async () => (await known()) === 2, { within: 5000, what: 'No key was added.' });
      // another round trip, in which it would have come
      else await (await connection.open('true')).ended;
      await connection.close();
      return known();
    };
    expect(await learned('yes')).toBe(2);
    expect(await learned('no')).toBe(1);
  });
});

test.skipIf(skip !== undefined)('keys are exchanged anew in the middle of a transfer', async () => {
  await using sshd = await startSshd({ config: ['RekeyLimit 1M'] });
  const connection = await connectBy(sshd, [], { transport: 'ssh2' });
  const channel = await connection.open('head -c 5000000 /dev/zero | tee /dev/stderr | wc -c');
  channel.stdin.end();
  channel.stderr.resume();
  expect(Number(await text(channel.stdout))).toBe(5_000_000);
  await connection.close();
});
