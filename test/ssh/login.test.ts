import { execFile } from 'node:child_process';
import { chmod, copyFile, rm } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RemoteError } from '../../src/base/errors.ts';
import { gatherCredentials } from '../../src/ssh/auth.ts';
import { connect } from '../../src/ssh/connect.ts';
import type { HostSpec } from '../../src/ssh/spec.ts';
import { startAgent } from './support/agent.ts';
import { makeKey, publicKey, skipReason, startSshd } from './support/sshd.ts';
import type { Sshd } from './support/sshd.ts';

const skip = await skipReason();
const exec = promisify(execFile);

describe.skipIf(skip !== undefined)(`logging in${skip === undefined ? '' : ` (${skip})`}`, () => {
  let sshd: Sshd;
  const at = (name: string) => join(sshd.folder, name);

  beforeAll(async () => {
    sshd = await startSshd({ config: ['MaxAuthTries 6'] });
    await Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => makeKey(at(name), 'ed25519')));
    await Promise.all([
      makeKey(at('ecdsa'), 'ecdsa'),
      makeKey(at('rsa'), 'rsa'),
      makeKey(at('locked'), 'ed25519', 'secret'),
    ]);
    for (const name of ['ecdsa', 'rsa', 'locked']) await sshd.authorize(await publicKey(at(name)));
  });
  afterAll(async () => sshd[Symbol.asyncDispose]());

  async function login(changes: Partial<HostSpec>) {
    const connection = await connect(sshd.spec(changes));
    await connection.close();
  }

  const refusal = (changes: Partial<HostSpec>): Promise<RemoteError> =>
    login(changes).then(
      () => expect.fail('logged in'),
      (error: unknown) => error as RemoteError,
    );

  test.each(['id_user', 'ecdsa', 'rsa'])('works with the key file %s', async (name) => {
    await login({ identityFiles: [at('missing'), at('a'), at(name)] });
  });

  test('works with an encrypted key that the agent holds', async () => {
    await using agent = await startAgent(at('agent-1'));
    // the agent is given a copy without the passphrase; the file it is named by stays encrypted
    await copyFile(at('locked'), at('unlocked'));
    await exec('ssh-keygen', ['-q', '-p', '-P', 'secret', '-N', '', '-f', at('unlocked')]);
    await agent.add(at('unlocked'));
    await login({ agent: at('agent-1'), identityFiles: [at('locked')] });
  });

  test('offers the keys that IdentityFile names first, or the host would hang up before their turn', async () => {
    await using agent = await startAgent(at('agent-2'));
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'rsa']) await agent.add(at(name));
    await login({ agent: at('agent-2'), identityFiles: [at('rsa')], identitiesOnly: false });
    await login({ agent: at('agent-2'), identityFiles: [at('rsa')], identitiesOnly: true });
  });

  test('refused after too many keys says which were tried and how to name the right one', async () => {
    await using agent = await startAgent(at('agent-3'));
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) await agent.add(at(name));
    const refused = await refusal({ agent: at('agent-3'), identityFiles: [], identitiesOnly: false });
    expect(refused).toMatchObject({ code: 'SLIP_AUTH_TOO_MANY', exitCode: 3, host: 'test-1' });
    expect(refused.detail.filter((line) => line.startsWith('tried '))).toHaveLength(6);
    expect(refused.mend).toContain('IdentitiesOnly yes');
  });

  test('refused lists what was tried in order, with fingerprints, and what the host accepts', async () => {
    await using agent = await startAgent(at('agent-4'));
    await agent.add(at('b'));
    const refused = await refusal({ agent: at('agent-4'), identityFiles: [at('a')], identitiesOnly: false });
    expect(refused).toMatchObject({ code: 'SLIP_AUTH_REFUSED', exitCode: 3 });
    expect(refused.detail).toEqual([
      expect.stringMatching(/^tried 1: agent key ed25519 of a test \(ED25519 SHA256:.{43}\)$/),
      expect.stringMatching(/^tried 2: key file .*\/a \(ED25519 SHA256:.{43}\)$/),
      'the host accepts: publickey',
    ]);
    expect(refused.mend).toContain(`ssh-copy-id -p ${sshd.port}`);
  });

  test('refused after agent keys alone still says what the host accepts', async () => {
    await using agent = await startAgent(at('agent-5'));
    await agent.add(at('b'));
    const refused = await refusal({ agent: at('agent-5'), identityFiles: [], identitiesOnly: false });
    expect(refused.detail.at(-1)).toBe('the host accepts: publickey');
  });

  test('without any key says so', async () => {
    const refused = await refusal({ identityFiles: [at('missing')] });
    expect(refused.detail).toEqual(['tried: nothing, for there is no key to offer', 'the host accepts: publickey']);
  });

  test('with an encrypted key and no agent names the command that unlocks it', async () => {
    const refused = await refusal({ identityFiles: [at('locked')] });
    expect(refused.mend).toContain(`ssh-add ${at('locked')}`);
    expect(refused.detail).toContain(`not tried: key file ${at('locked')} needs its passphrase`);
  });

  test('leaves out a private key that others can read, as OpenSSH does', async () => {
    await copyFile(at('id_user'), at('open'));
    await chmod(at('open'), 0o644);
    const refused = await refusal({ identityFiles: [at('open')] });
    expect(refused.detail).toContain(`not tried: ${at('open')}: others can read it: chmod 600 ${at('open')}`);
  });

  test('goes on with key files when the agent cannot be reached', async () => {
    await login({ agent: at('no-agent') });
    const { notes } = await gatherCredentials(sshd.spec({ agent: at('no-agent') }));
    expect(notes).toEqual([expect.stringContaining('no-agent')]);
  });

  test('goes on with key files when the agent will not sign', async () => {
    await using agent = await startAgent(at('agent-6'));
    await agent.add(at('rsa'));
    const proxy = await stubbornAgent(at('agent-6'), at('stubborn'));
    await login({ agent: at('stubborn'), identityFiles: [at('rsa'), at('id_user')] });
    proxy.close();
    await rm(at('stubborn'), { force: true });
  });
});

/** Lists another agent's keys, and refuses to sign with them: what a declined confirmation looks like. */
async function stubbornAgent(behind: string, socket: string): Promise<Server> {
  const server = createServer((client) => {
    client.on('error', () => undefined);
    client.once('data', (request: Buffer) => {
      const failure = Buffer.from([0, 0, 0, 1, 5]);
      if (request[4] === 13) client.end(failure);
      else
        createConnection(behind)
          .on('error', () => undefined)
          .on('data', (answer) => client.write(answer))
          .write(request);
    });
  }).listen(socket);
  await new Promise((resolve) => server.once('listening', resolve));
  return server;
}
