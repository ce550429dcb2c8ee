import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RemoteError } from '../../../src/base/errors.ts';
import { connect } from '../../../src/ssh/connect.ts';
import type { ConnectOptions } from '../../../src/ssh/connect.ts';
import type { Prompt } from '../../../src/ssh/prompts.ts';
import type { HostSpec } from '../../../src/ssh/spec.ts';
import { childrenOf, identify, isAlive, readOrUndefined, waitFor } from '../../hosts/process.ts';
import { fakeSshServer } from '../support/fake-server.ts';
import { makeKey, publicKey, skipReason, startSshd } from '../support/sshd.ts';
import type { Sshd } from '../support/sshd.ts';

const skip = await skipReason();
const PASSPHRASE = 'open sesame';

describe.skipIf(skip !== undefined)("OpenSSH's master process", () => {
  let sshd: Sshd;
  let runtime: string;
  let lockedKey: string;

  beforeAll(async () => {
    sshd = await startSshd();
    runtime = sshd.folder;
    lockedKey = join(sshd.folder, 'id_locked');
    await makeKey(lockedKey, 'ed25519', PASSPHRASE);
    await sshd.authorize(await publicKey(lockedKey));
  });
  afterAll(async () => sshd[Symbol.asyncDispose]());

  const through = (spec: HostSpec, options: ConnectOptions = {}) =>
    connect(spec, { transport: 'openssh', env: { ...process.env, XDG_RUNTIME_DIR: runtime }, ...options });

  const refusal = (spec: HostSpec, options: ConnectOptions = {}): Promise<RemoteError> =>
    through(spec, options).then(
      () => expect.fail('connected'),
      (error: unknown) => error as RemoteError,
    );

  const folders = async () => (await readdir(runtime)).filter((name) => name.startsWith('slipway-'));
  const nothingLeft = async () => {
    await waitFor(async () => (await folders()).length === 0, { within: 5000, what: 'A folder is left.' });
    await waitFor(async () => (await sshd.connectionPids()).length === 0, {
      within: 5000,
      what: 'It is still connected.',
    });
  };

  test('works in a folder that is its own, and leaves nothing behind', async () => {
    const connection = await through(sshd.spec());
    const [folder] = await folders();
    expect(statSync(join(runtime, folder!)).mode & 0o777).toBe(0o700);
    await connection.close();
    await nothingLeft();
  });

  test('does not outlive a slipway that is killed', async () => {
    const script = join(runtime, 'client.ts');
    const module = new URL('../../../src/ssh/connect.ts', import.meta.url).href;
    const spec = JSON.stringify(sshd.spec());
    await writeFile(
      script,
      `import { connect } from '${module}';
       const connection = await connect(${spec}, { transport: 'openssh' });
       await connection.open('exec sleep 1000');
       console.log('up');
       setInterval(() => undefined, 1000);`,
    );
    const child = spawn(process.execPath, [script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, XDG_RUNTIME_DIR: runtime },
    });
    await new Promise((resolve) => createInterface(child.stdout).once('line', resolve));
    const family = descendants(child.pid!).map(identify);
    expect(family.length).toBeGreaterThan(2);
    child.kill('SIGKILL');
    await waitFor(() => family.every((one) => !isAlive(one)), { within: 5000, what: 'A process lives on.' });
    await nothingLeft();
    await rm(script);
  });

  test('that is killed itself takes its connection along, and its channels are lost', async () => {
    const connection = await through(sshd.spec());
    const channel = await connection.open('exec cat');
    const master = descendants(process.pid).find(
      (pid) => commandLine(pid).includes('ControlMaster=yes') && !commandLine(pid).startsWith('/bin/sh'),
    );
    process.kill(master!, 'SIGKILL');
    expect(await Promise.all([text(channel.stdout), channel.ended])).toMatchObject(['', { type: 'lost' }]);
    expect(connection.lost.aborted).toBe(true);
    await expect(connection.open('true')).rejects.toMatchObject({ code: 'SLIP_CONNECTION_LOST' });
    await connection.close();
    await nothingLeft();
  });

  test('passes on what ssh asks for a locked key, once for each attempt', async () => {
    const asked: Prompt[] = [];
    const ask = (prompt: Prompt) => {
      asked.push(prompt);
      return Promise.resolve(asked.length === 1 ? 'wrong' : PASSPHRASE);
    };
    const connection = await through(sshd.spec({ identityFiles: [lockedKey] }), { ask });
    expect(asked).toEqual([
      { type: 'passphrase', file: lockedKey, attempt: 1 },
      { type: 'passphrase', file: lockedKey, attempt: 2 },
    ]);
    const secrets = descendants(process.pid).map(
      (pid) => commandLine(pid) + (readOrUndefined(`/proc/${pid}/environ`) ?? ''),
    );
    expect(secrets.join('\n')).not.toContain(PASSPHRASE);
    await connection.close();
    await nothingLeft();
  });

  test('is refused a locked key where nobody can be asked, with the way to unlock it', async () => {
    const refused = await refusal(sshd.spec({ identityFiles: [lockedKey] }));
    expect(refused).toMatchObject({ code: 'SLIP_OPENSSH', exitCode: 3 });
    expect(refused.mend).toContain('ssh-add');
    expect(refused.detail.join('\n')).toContain('Permission denied (publickey)');
    await nothingLeft();
  });

  test('asks a person about a host that nobody knows, with its fingerprint', async () => {
    const knownHosts = join(runtime, 'new_known_hosts');
    const asked: Prompt[] = [];
    const spec = sshd.spec({ userKnownHostsFiles: [knownHosts] });
    const connection = await through(spec, {
      ask: (prompt) => {
        asked.push(prompt);
        return Promise.resolve('yes');
      },
    });
    expect(asked).toMatchObject([
      { type: 'hostKey', question: { label: `[127.0.0.1]:${sshd.port}`, type: 'ED25519', file: knownHosts } },
    ]);
    expect(JSON.stringify(asked)).toMatch(/"SHA256:[\w+/]{43}"/);
    await connection.close();
    await rm(knownHosts);
    expect(await refusal(spec, { ask: () => Promise.resolve('no') })).toMatchObject({ code: 'SLIP_OPENSSH' });
    expect(await refusal(spec)).toMatchObject({ code: 'SLIP_OPENSSH' });
    await (await through(spec, { acceptNewHostKeys: true })).close();
    await (await through(spec)).close();
    await nothingLeft();
  });

  test('never accepts a key that has changed', async () => {
    await using other = await startSshd();
    const knownHosts = join(runtime, 'changed_known_hosts');
    await writeFile(knownHosts, `[127.0.0.1]:${sshd.port} ${other.hostKeys[0]!}\n`);
    const spec = sshd.spec({ userKnownHostsFiles: [knownHosts], strictHostKeyChecking: 'no' });
    const refused = await refusal(spec, { acceptNewHostKeys: true, ask: () => Promise.resolve('yes') });
    expect(refused.detail.join('\n')).toContain('Host key verification failed');
  });

  test('passes on what the host asks, and sends nothing when nobody answers', async () => {
    const answers: string[] = [];
    await using server = await fakeSshServer((peer) =>
      peer.removeAllListeners('authentication').on('authentication', (attempt) => {
        if (attempt.method !== 'keyboard-interactive') attempt.reject(['keyboard-interactive']);
        else {
          attempt.prompt([{ prompt: 'Code: ', echo: false }], ([answer = '']) => {
            answers.push(answer);
            if (answer === '123') attempt.accept();
            else attempt.reject(['keyboard-interactive']);
          });
        }
      }),
    );
    const asked: Prompt[] = [];
    const ask = (answer: string | undefined) => (prompt: Prompt) => {
      asked.push(prompt);
      return Promise.resolve(answer);
    };
    await (await through(server.spec(), { ask: ask('123') })).close();
    expect(asked).toMatchObject([{ type: 'challenge', host: 'test-1', text: 'Code: ', echo: 'hidden' }]);
    expect(await refusal(server.spec(), { ask: ask(undefined) })).toMatchObject({ code: 'SLIP_AUTH_REFUSED' });
    expect(answers).toEqual(['123']);
  });

  test('is given up when a person leaves', async () => {
    const stop = new AbortController();
    const spec = sshd.spec({ identityFiles: [lockedKey] });
    const attempt = refusal(spec, {
      signal: stop.signal,
      ask: () => {
        stop.abort(new Error('left'));
        return new Promise(() => undefined);
      },
    });
    expect(await attempt).toMatchObject({ message: 'left' });
    await nothingLeft();
  });

  test('is not there where there is no ssh, and the message says what needs it', async () => {
    const needy = sshd.spec({ needsOpenSsh: ['PKCS11Provider /usr/lib/opensc-pkcs11.so'] });
    const refused = connect(needy, { env: { PATH: '/nonexistent' } });
    await expect(refused).rejects.toMatchObject({ code: 'SLIP_SSH_MISSING', exitCode: 2 });
    await expect(refused).rejects.toThrow(/PKCS11Provider/);
  });

  test('finds a place though the usual one is too deep for a socket', async () => {
    const deep = join(runtime, 'x'.repeat(100));
    const connection = await through(sshd.spec(), { env: { ...process.env, XDG_RUNTIME_DIR: deep } });
    expect(process.env['TMPDIR'] ?? tmpdir()).not.toContain(deep);
    await connection.close();
  });
});

function descendants(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendants(child)]);
}

function commandLine(pid: number): string {
  return (readOrUndefined(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ');
}
