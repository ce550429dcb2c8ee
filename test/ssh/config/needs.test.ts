import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resolveTarget } from '../../../src/ssh/resolve.ts';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'slipway-needs-'))));
afterAll(() => rm(folder, { recursive: true }));

let files = 0;

/** Resolves `fra-1` under a configuration file of these lines. */
async function needs(...lines: readonly string[]): Promise<readonly string[]> {
  files += 1;
  const sshConfigFile = join(folder, `config-${files}`);
  await writeFile(sshConfigFile, `${lines.join('\n')}\n`);
  const { needsOpenSsh } = await resolveTarget({ name: 'fra-1', host: 'fra-1' }, process.env, { sshConfigFile });
  return needsOpenSsh;
}

describe("only the system's ssh can serve", () => {
  test.each([
    ...[
      'RevokedHostKeys ~/revoked',
      'KnownHostsCommand /bin/echo %H',
      'PKCS11Provider /usr/lib/p.so',
      'BindInterface lo',
    ],
    ...['SecurityKeyProvider /usr/lib/sk.so', 'VerifyHostKeyDNS yes', 'CertificateFile ~/x-cert.pub'],
    ...['KexAlgorithms sntrup761x25519-sha512@openssh.com', 'MACs umac-64@openssh.com'],
    ...['HostKeyAlgorithms ssh-ed25519-cert-v01@openssh.com'],
    ...['PubkeyAcceptedAlgorithms ssh-ed25519-cert-v01@openssh.com', 'PreferredAuthentications hostbased'],
  ])('%s', async (line) => {
    expect(await needs(line, 'HostbasedAuthentication yes')).toEqual([line]);
  });

  test('GSSAPI, where it is the only way to log in', async () => {
    expect(await needs('GSSAPIAuthentication yes')).toEqual([]);
    const ways = ['PubkeyAuthentication no', 'PasswordAuthentication no', 'KbdInteractiveAuthentication no'];
    expect(await needs('GSSAPIAuthentication yes', ...ways)).toEqual(['PreferredAuthentications gssapi-with-mic']);
  });

  test('a certificate that lies beside its key', async () => {
    const key = join(folder, 'certified');
    await writeFile(`${key}-cert.pub`, 'ssh-ed25519-cert-v01@openssh.com AAAA\n');
    expect(await needs(`IdentityFile ${key}`)).toEqual([`CertificateFile ${key}-cert.pub`]);
    expect(await needs(`IdentityFile ${key}`, 'CertificateFile ~/other')).toEqual(['CertificateFile ~/other']);
  });

  test('a key that lives in a security key, if its file is there', async () => {
    const [half, whole] = [join(folder, 'half_sk'), join(folder, 'whole_sk')];
    const blob = Buffer.from('openssh-key-v1\0\0\0\0\x04none…\0\0\0\x1ask-ssh-ed25519@openssh.com…', 'latin1');
    await writeFile(`${half}.pub`, 'sk-ssh-ed25519@openssh.com AAAA me\n');
    await writeFile(
      whole,
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${blob.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`,
    );
    expect(await needs(`IdentityFile ${half}`)).toEqual([
      expect.stringContaining('half_sk, which lives in a security key'),
    ]);
    expect(await needs(`IdentityFile ${whole}`)).toHaveLength(1);
    expect(await needs(`IdentityFile ${join(folder, 'missing_sk')}`)).toEqual([]);
  });

  test('a host behind one that needs it', async () => {
    const lines = ['Host fra-1', 'ProxyJump b', 'Host b', 'CertificateFile ~/x'];
    expect(await needs(...lines)).toEqual(['CertificateFile ~/x (jump host b)']);
  });

  test('nothing that is set by default, or that slipway has no use for', async () => {
    const idle = ['SetEnv A=b', 'LocalForward 1 a:2', 'PermitLocalCommand yes', 'LocalCommand x', 'RemoteCommand x'];
    expect(await needs('GSSAPIAuthentication yes', 'SecurityKeyProvider internal', 'ForwardX11 yes', ...idle)).toEqual(
      [],
    );
  });
});
