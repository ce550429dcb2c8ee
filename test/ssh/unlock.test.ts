import { execFile } from 'node:child_process';
import { chmod, copyFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import type { Clock } from '../../src/base/clock.ts';
import type { RemoteError } from '../../src/base/errors.ts';
import { connect } from '../../src/ssh/connect.ts';
import { createPromptQueue } from '../../src/ssh/prompts.ts';
import type { AskPerson } from '../../src/ssh/prompts.ts';
import type { HostSpec } from '../../src/ssh/spec.ts';
import { startAgent } from './support/agent.ts';
import { person } from './support/person.ts';
import { makeKey, publicKey, skipReason, startSshd } from './support/sshd.ts';
import type { HostKeyType, Sshd } from './support/sshd.ts';

const skip = await skipReason();
const exec = promisify(execFile);

describe.skipIf(skip !== undefined)(`encrypted keys${skip === undefined ? '' : ` (${skip})`}`, () => {
  let sshd: Sshd;
  let count = 0;
  const at = (name: string) => join(sshd.folder, name);

  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(async () => sshd[Symbol.asyncDispose]());

  /** Keys stay unlocked for the life of the process: each test has its own. */
  async function lockedKey(type: HostKeyType = 'ed25519', options: { readonly authorized?: false } = {}) {
    count += 1;
    const file = at(`locked-${count}`);
    await makeKey(file, type, 'secret');
    if (options.authorized !== false) await sshd.authorize(await publicKey(file));
    return file;
  }

  async function login(changes: Partial<HostSpec>, ask?: AskPerson) {
    const connection = await connect(sshd.spec(changes), ask === undefined ? {} : { ask });
    await connection.close();
  }

  const refusal = (changes: Partial<HostSpec>, ask?: AskPerson): Promise<RemoteError> =>
    login(changes, ask).then(
      () => expect.fail('logged in'),
      (error: unknown) => error as RemoteError,
    );

  test.each(['ed25519', 'ecdsa', 'rsa'] as const)('of type %s are unlocked by their passphrase', async (type) => {
    const file = await lockedKey(type);
    const { ask, asked } = person('secret');
    await login({ identityFiles: [file] }, ask);
    expect(asked).toEqual([{ type: 'passphrase', file, attempt: 1 }]);
  });

  test.each(['PEM', 'PKCS8'])(
    'in the old format %s are unlocked, too, even without their public half',
    async (format) => {
      const file = await lockedKey('rsa');
      await exec('ssh-keygen', ['-q', '-p', '-P', 'secret', '-N', 'secret', '-m', format, '-f', file]);
      await rm(`${file}.pub`);
      await login({ identityFiles: [file] }, person('secret').ask);
    },
  );

  test('are asked for once for all hosts, and never again', async () => {
    const file = await lockedKey();
    const { ask, asked } = person('secret');
    await Promise.all(Array.from({ length: 5 }, () => login({ identityFiles: [file] }, ask)));
    await login({ identityFiles: [file] }, ask);
    expect(asked).toHaveLength(1);
  });

  test('are asked for again when the passphrase was wrong, three times at most, then the next key has its turn', async () => {
    const file = await lockedKey();
    const right = person('wrong', 'secret');
    await login({ identityFiles: [file] }, right.ask);
    expect(right.asked).toMatchObject([{ attempt: 1 }, { attempt: 2 }]);

    const [first, second] = [await lockedKey(), await lockedKey()];
    const { ask, asked } = person('wrong', 'wrong', 'wrong', 'secret');
    await login({ identityFiles: [first, second] }, ask);
    expect(asked).toMatchObject([{ attempt: 1 }, { attempt: 2 }, { attempt: 3 }, { file: second }]);
  });

  test('need no passphrase while a key that has none works', async () => {
    const file = await lockedKey();
    const { ask, asked } = person('secret');
    await login({ identityFiles: [file, sshd.userKey] }, ask);
    expect(asked).toEqual([]);
  });

  test('need no passphrase while the agent holds them', async () => {
    const file = await lockedKey();
    await copyFile(file, at('open-copy'));
    await chmod(at('open-copy'), 0o600);
    await exec('ssh-keygen', ['-q', '-p', '-P', 'secret', '-N', '', '-f', at('open-copy')]);
    await using agent = await startAgent(at('agent-u'));
    await agent.add(at('open-copy'));
    const { ask, asked } = person('secret');
    await login({ agent: at('agent-u'), identityFiles: [file] }, ask);
    expect(asked).toEqual([]);
  });

  test('that the host does not know are not asked for', async () => {
    const file = await lockedKey('ed25519', { authorized: false });
    const { ask, asked } = person('secret');
    const refused = await refusal({ identityFiles: [file] }, ask);
    expect(asked).toEqual([]);
    expect(refused.detail[0]).toMatch(/^tried 1: key file .*locked-\d+ \(ED25519 SHA256:/);
  });

  test('that stay locked are told of when the login is refused', async () => {
    const file = await lockedKey();
    const refused = await refusal({ identityFiles: [file] }, createPromptQueue(person(undefined).ask).ask);
    expect(refused.code).toBe('SLIP_AUTH_REFUSED');
    expect(refused.detail).toContain(`did not work: key file ${file}: no passphrase was given`);
  });

  test('that others can read are not used, as with OpenSSH', async () => {
    const file = await lockedKey();
    await chmod(file, 0o644);
    const { ask, asked } = person('secret');
    const refused = await refusal({ identityFiles: [file] }, ask);
    expect(asked).toEqual([]);
    expect(refused.detail).toContain(`did not work: key file ${file}: others can read it: chmod 600 ${file}`);
  });

  test('are unlocked without holding up the rest of the program', async () => {
    const file = await lockedKey();
    const content = await readFile(file, 'latin1');
    const before = process.threadCpuUsage();
    await login({ identityFiles: [file] }, person('secret').ask);
    const { user: whole } = process.threadCpuUsage(before);
    const start = process.threadCpuUsage();
    ssh2.utils.parseKey(content, 'secret');
    const { user: unlocking } = process.threadCpuUsage(start);
    expect(whole).toBeLessThan(unlocking);
  });

  test('are waited for without any timer of the login', async () => {
    const file = await lockedKey();
    const armed = new Set<number>();
    const clock: Clock = {
      now: () => systemClock.now(),
      sleep: async (ms, signal) => {
        armed.add(ms);
        await systemClock.sleep(ms, signal).finally(() => armed.delete(ms));
      },
    };
    const ask: AskPerson = async () => {
      // a timer that is taken back says so in a later turn
      await new Promise(setImmediate);
      expect([...armed]).toEqual([]);
      return 'secret';
    };
    const connection = await connect(sshd.spec({ identityFiles: [file] }), { ask, clock });
    await connection.close();
  });
});

describe.skipIf(skip !== undefined)('a host that wants two keys', () => {
  test('gets both, be they in an agent, in a file or locked', async () => {
    await using sshd = await startSshd({ config: ['AuthenticationMethods publickey,publickey'] });
    const at = (name: string) => join(sshd.folder, name);
    for (const [name, passphrase] of [
      ['held', ''],
      ['locked', 'secret'],
    ] as const) {
      await makeKey(at(name), 'ed25519', passphrase);
      await sshd.authorize(await publicKey(at(name)));
    }
    await using agent = await startAgent(at('agent'));
    await agent.add(at('held'));
    const { ask, asked } = person('secret');
    const options = { agent: at('agent'), identitiesOnly: false };
    await (await connect(sshd.spec({ ...options, identityFiles: [sshd.userKey] }), { ask })).close();
    expect(asked).toEqual([]);
    await (await connect(sshd.spec({ ...options, identityFiles: [at('locked')] }), { ask })).close();
    expect(asked).toHaveLength(1);
    await (await connect(sshd.spec({ identityFiles: [sshd.userKey, at('locked')] }), { ask })).close();
    expect(asked).toHaveLength(1);

    const refused = await connect(sshd.spec(), { ask }).catch((error: unknown) => error as RemoteError);
    expect(refused).toMatchObject({ code: 'SLIP_AUTH_REFUSED' });
    expect((refused as RemoteError).detail).toContain('what was tried was not all the host wants');
  });
});
