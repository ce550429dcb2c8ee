import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resolveTarget } from '../../src/ssh/resolve.ts';
import type { Target } from '../../src/ssh/spec.ts';
import { expandPath } from '../../src/ssh/tokens.ts';

const { homedir: home, username } = userInfo();
let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'slipway-resolve-'))));
afterAll(() => rm(folder, { recursive: true }));

const env = { PATH: process.env['PATH'], SSH_AUTH_SOCK: '/run/agent.sock' };
let files = 0;

/** Resolves `fra-1`, or another target, under a configuration file of these lines. */
async function resolved(lines: readonly string[], target: Partial<Target> = {}) {
  files += 1;
  const sshConfigFile = join(folder, `config-${files}`);
  await writeFile(sshConfigFile, `${lines.join('\n')}\n`);
  return resolveTarget({ name: 'fra-1', host: 'fra-1', ...target }, env, { sshConfigFile });
}

describe("OpenSSH's configuration is applied:", () => {
  test('an alias becomes the host, user and port that it stands for', async () => {
    const spec = await resolved(['Host fra-*', 'HostName 203.0.113.10', 'User deploy', 'Port 2200']);
    expect(spec).toMatchObject({ name: 'fra-1', host: '203.0.113.10', user: 'deploy', port: 2200 });
  });

  test('user and port of the address win', async () => {
    const spec = await resolved(['Host *', 'User nobody', 'Port 1'], { user: 'deploy', port: 2222 });
    expect(spec).toMatchObject({ user: 'deploy', port: 2222 });
  });

  test('identity files come in order, with their tokens replaced, and none means none', async () => {
    const spec = await resolved([
      'Host fra-1',
      'HostName h',
      'User u',
      'IdentityFile ~/a',
      'IdentityFile "/x y/%h-%r-%n"',
    ]);
    expect(spec.identityFiles).toEqual([`${home}/a`, '/x y/h-u-fra-1']);
    expect((await resolved(['IdentityFile none'])).identityFiles).toEqual([]);
    expect((await resolved([])).identityFiles).toContain(`${home}/.ssh/id_ed25519`);
  });

  test('known_hosts files with spaces in their names are told apart', async () => {
    const spec = await resolved([
      'UserKnownHostsFile "/tmp/a b" ~/kh2',
      'GlobalKnownHostsFile none',
      'HashKnownHosts yes',
    ]);
    expect(spec).toMatchObject({
      userKnownHostsFiles: ['/tmp/a b', `${home}/kh2`],
      globalKnownHostsFiles: [],
      hashKnownHosts: true,
    });
  });

  test('the agent is the one of the environment, a configured one, or none', async () => {
    expect((await resolved([])).agent).toBe('/run/agent.sock');
    expect((await resolved(['IdentityAgent ~/agent'])).agent).toBe(`${home}/agent`);
    expect((await resolved(['IdentityAgent $SSH_AUTH_SOCK'])).agent).toBe('/run/agent.sock');
    expect((await resolved(['IdentityAgent none'])).agent).toBeUndefined();
  });

  test('ConnectTimeout, AddressFamily, BindAddress, HostKeyAlias and IdentitiesOnly are kept', async () => {
    const lines = [
      'ConnectTimeout 7',
      'AddressFamily inet6',
      'BindAddress ::1',
      'HostKeyAlias Alias',
      'IdentitiesOnly yes',
    ];
    expect(await resolved(lines)).toMatchObject({
      connectTimeoutMs: 7000,
      addressFamily: 'inet6',
      bindAddress: '::1',
      hostKeyAlias: 'alias',
      identitiesOnly: true,
    });
  });

  test('SLIPWAY_SSH_CONFIG names the file to use', async () => {
    const file = join(folder, 'by-variable');
    await writeFile(file, 'Host fra-1\nUser by-variable\n');
    const spec = await resolveTarget({ name: 'fra-1', host: 'fra-1' }, { ...env, SLIPWAY_SSH_CONFIG: file });
    expect(spec.user).toBe('by-variable');
  });
});

describe('what would silently behave differently is refused:', () => {
  test.each(['ProxyJump bastion', 'ProxyCommand nc %h %p', 'RevokedHostKeys ~/revoked'])('%s', async (line) => {
    const refused = resolved([line]);
    await expect(refused).rejects.toMatchObject({ code: 'SLIP_NOT_AVAILABLE_YET', exitCode: 2 });
    await expect(refused).rejects.toThrow(/fra-1.*not available yet/);
  });

  test('but not when it is switched off', async () => {
    await expect(resolved(['ProxyJump none', 'ProxyCommand none'])).resolves.toMatchObject({ host: 'fra-1' });
  });

  test('ways to log in that are not built are kept for the message of a refused login', async () => {
    expect((await resolved(['CertificateFile ~/x-cert.pub'])).unavailable).toEqual(['CertificateFile']);
  });

  test('a configuration that OpenSSH cannot read, with what it says', async () => {
    await expect(resolved(['Bogus yes'])).rejects.toMatchObject({
      code: 'SLIP_SSH_CONFIG',
      detail: [expect.stringContaining('bogus'), expect.anything()],
    });
  });

  test('a host name that is an option to ssh', async () => {
    await expect(resolved([], { host: '-oProxyCommand=touch /tmp/x' })).rejects.toMatchObject({
      code: 'SLIP_SSH_CONFIG',
    });
  });
});

describe('without OpenSSH', () => {
  const missing = { ssh: join('/nonexistent', 'ssh') };

  test('the plain defaults hold', async () => {
    const target = { name: 'a', host: 'a.example', port: 2222 };
    expect(await resolveTarget(target, env, { ...missing, sshConfigFile: 'none' })).toMatchObject({
      ...{ host: 'a.example', port: 2222, user: username, agent: '/run/agent.sock' },
      identityFiles: ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => `${home}/.ssh/${name}`),
      userKnownHostsFiles: [`${home}/.ssh/known_hosts`, `${home}/.ssh/known_hosts2`],
    });
  });

  test('a configuration file that would be ignored is refused', async () => {
    const sshConfigFile = join(folder, 'ignored');
    await writeFile(sshConfigFile, 'User somebody\n');
    const refused = resolveTarget({ name: 'a', host: 'a' }, env, { ...missing, sshConfigFile });
    await expect(refused).rejects.toMatchObject({ code: 'SLIP_SSH_CONFIG', exitCode: 2 });
  });
});

test('a variable without a value leaves no path behind', () => {
  const values = {
    ...{ home: '/h', localUser: 'me', localHost: 'l.example', uid: 7, original: 'o', host: 'h', port: 22, user: 'u' },
    hostKeyAlias: undefined,
  };
  expect(expandPath('~/%u-%i-%L-%%-${KEY}', values, { KEY: 'k' })).toBe('/h/me-7-l-%-k');
  expect(expandPath('~/${KEY}', values, {})).toBeUndefined();
  expect(expandPath('~/%Z', values, {})).toBeUndefined();
});
