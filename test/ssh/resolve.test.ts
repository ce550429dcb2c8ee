import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resolveTarget } from '../../src/ssh/resolve.ts';
import type { Target } from '../../src/ssh/spec.ts';

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

describe('the way to a host', () => {
  const bastions = [
    ...['Host fra-1', 'ProxyJump me@b1:2201,ssh://you@b2'],
    ...['Host b1', 'HostName bastion-1.example.com', 'User never'],
    ...['Host b2', 'HostName bastion-2.example.com', 'ProxyJump never'],
    ...['Host fra-2', 'ProxyJump b3'],
    ...['Host b3', 'ProxyJump b1'],
    ...['Host *', 'Port 2299'],
  ];

  test('leads through the hosts of ProxyJump, each with its own configuration', async () => {
    const { jumps, proxyCommand } = await resolved(bastions);
    expect(jumps).toMatchObject([
      { name: 'b1', host: 'bastion-1.example.com', user: 'me', port: 2201 },
      { name: 'b2', host: 'bastion-2.example.com', user: 'you', port: 2299 },
    ]);
    expect(jumps[1]!.jumps).toEqual([jumps[0]]);
    expect(proxyCommand).toBeUndefined();
  });

  test('leads through what the configuration of the jump host says, where the list names no others', async () => {
    const { jumps } = await resolved(bastions, { host: 'fra-2' });
    expect(jumps.map(({ name }) => name)).toEqual(['b1', 'b3']);
  });

  test('is told to ssh so that it takes the same one', async () => {
    const { jumps, openSshArguments } = await resolved(bastions, { user: 'u', port: 22 });
    expect(openSshArguments).toEqual(['-F', expect.any(String), '-l', 'u', '-p', '22', '--', 'fra-1']);
    expect(jumps[1]!.openSshArguments.slice(2)).toEqual(['-l', 'you', '-J', 'me@b1:2201', '--', 'b2']);
  });

  test.each([
    ['itself', ['Host *', 'ProxyJump fra-1'], 'fra-1, reached through fra-1'],
    [
      'each other',
      ['Host a', 'ProxyJump fra-1', 'Host fra-1', 'ProxyJump a'],
      'fra-1, reached through a, reached through fra-1',
    ],
  ])('through %s is refused', async (_, lines, way) => {
    const refused = resolved(lines);
    await expect(refused).rejects.toMatchObject({
      code: 'SLIP_SSH_CONFIG',
      mend: expect.stringContaining('ProxyJump none'),
    });
    await expect(refused).rejects.toThrow(way);
  });

  test('is a command whose tokens are replaced, and whose variables are left to its shell', async () => {
    const { proxyCommand } = await resolved([
      'HostName h.%h',
      'User u',
      'ProxyCommand nc -x "p q" %h %p %n %r %% ${X} # y',
    ]);
    expect(proxyCommand).toBe('nc -x "p q" h.fra-1 22 fra-1 u % ${X} # y');
    await expect(resolved(['ProxyCommand nc %h %Z'])).rejects.toThrow('in which %Z has no value');
  });

  test.each(['a;touch /tmp/x', '$(x)', 'a b', '-oProxyCommand=x', '`x`', "a'b", 'a\n'])(
    'never has %j in it',
    async (name) => {
      for (const target of [{ host: name }, { user: name === 'a b' ? 'a -b' : name.replace('$(x)', 'x(') }]) {
        const refused = resolved(['ProxyCommand nc %h %r'], target);
        await expect(refused).rejects.toMatchObject({ code: 'SLIP_SSH_CONFIG' });
      }
    },
  );
});

test('what is asked once is not asked again for a moment', async () => {
  const [ssh, asked] = [join(folder, 'counting-ssh'), join(folder, 'asked')];
  await writeFile(ssh, `#!/bin/sh\necho x >>${asked}\nexec ssh "$@"\n`, { mode: 0o755 });
  let now = 0;
  const options = { sshConfigFile: 'none', ssh, now: () => now };
  const ask = () => resolveTarget({ name: 'a', host: 'a' }, env, options);
  const times = async () => (await readFile(asked, 'utf8')).length / 2;
  await Promise.all([ask(), ask(), ask()]);
  expect(await times()).toBe(1);
  now = 60_000;
  await ask();
  expect(await times()).toBe(2);
});

describe('login methods', () => {
  const methods = async (...lines: readonly string[]) => (await resolved(lines)).loginMethods;

  test('come in their usual order, or in that of PreferredAuthentications', async () => {
    expect(await methods()).toEqual(['publickey', 'keyboard-interactive', 'password']);
    expect(await methods('PreferredAuthentications password,publickey,gssapi-with-mic')).toEqual([
      'password',
      'publickey',
    ]);
  });

  test('are left out where they are switched off, and those that ask somebody under BatchMode', async () => {
    expect(await methods('PasswordAuthentication no', 'PubkeyAuthentication no')).toEqual(['keyboard-interactive']);
    expect(await resolved(['BatchMode yes'])).toMatchObject({ loginMethods: ['publickey'], batchMode: true });
  });
});

describe('what cannot be understood is refused:', () => {
  test('a variable without a value in the name of a key', async () => {
    const refused = resolved(['IdentityFile ~/${NOWHERE}/key']);
    await expect(refused).rejects.toMatchObject({ code: 'SLIP_SSH_CONFIG', mend: 'Set NOWHERE, or write it out.' });
    await expect(refused).rejects.toThrow('sets "IdentityFile ~/${NOWHERE}/key", in which ${NOWHERE} has no value');
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
    const names = ['id_rsa', 'id_ecdsa', 'id_ecdsa_sk', 'id_ed25519', 'id_ed25519_sk'];
    expect(await resolveTarget(target, env, { ...missing, sshConfigFile: 'none' })).toMatchObject({
      ...{ host: 'a.example', port: 2222, user: username, agent: '/run/agent.sock', updateHostKeys: 'yes' },
      identityFiles: names.map((name) => `${home}/.ssh/${name}`),
      userKnownHostsFiles: [`${home}/.ssh/known_hosts`, `${home}/.ssh/known_hosts2`],
    });
  });

  test.each([
    ['CanonicalizeHostname yes', /needs the program ssh/],
    ['Match tagged x', /"Match tagged" is only understood by the program ssh/],
    ['UserKnownHostsFile ~/%Z', /%Z has no value/],
  ])('%s is refused', async (line, reason) => {
    const sshConfigFile = join(folder, 'beyond');
    await writeFile(sshConfigFile, `${line}\n`);
    const refused = resolveTarget({ name: 'a', host: 'a' }, { ...env }, { ...missing, sshConfigFile });
    await expect(refused).rejects.toMatchObject({ code: 'SLIP_SSH_CONFIG', exitCode: 2 });
    await expect(refused).rejects.toThrow(reason);
  });
});
