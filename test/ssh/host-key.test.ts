import { execFileSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import type { Clock } from '../../src/base/clock.ts';
import type { RemoteError } from '../../src/base/errors.ts';
import { connect } from '../../src/ssh/connect.ts';
import type { ConnectOptions } from '../../src/ssh/connect.ts';
import { ALL_ALLOWED, algorithmsFor, hostKeyOrder, parseAlgorithms } from '../../src/ssh/algorithms.ts';
import type { HostKeyQuestion } from '../../src/ssh/host-key.ts';
import { unknownKey } from '../../src/ssh/host-key-troubles.ts';
import { plainSpec } from '../../src/ssh/spec.ts';
import type { HostSpec } from '../../src/ssh/spec.ts';
import { person } from './support/person.ts';
import { makeKey, publicKey, skipReason, startSshd } from './support/sshd.ts';
import type { Sshd } from './support/sshd.ts';

const skip = await skipReason();

/** The real clock, which tells how many waits are running. */
function countingClock(): Clock & { running(): number } {
  let running = 0;
  const sleep = (ms: number, signal?: AbortSignal) => {
    running += 1;
    return systemClock.sleep(ms, signal).finally(() => (running -= 1));
  };
  return { now: () => systemClock.now(), sleep, running: () => running };
}

describe.skipIf(skip !== undefined)(`the key of a host${skip === undefined ? '' : ` (${skip})`}`, () => {
  let sshd: Sshd;
  let label: string;
  let otherKey: string;
  let file: string;

  beforeAll(async () => {
    sshd = await startSshd({ hostKeys: ['ed25519', 'rsa'] });
    label = `[127.0.0.1]:${sshd.port}`;
    file = join(sshd.folder, 'known', 'hosts');
    await makeKey(join(sshd.folder, 'other'), 'ed25519');
    otherKey = await publicKey(join(sshd.folder, 'other'));
  });
  afterAll(async () => sshd[Symbol.asyncDispose]());

  /** Connects with a known_hosts file of these lines, or without one. */
  async function connected(
    lines: readonly string[] | undefined,
    options: ConnectOptions & { spec?: Partial<HostSpec> } = {},
  ) {
    await rm(join(sshd.folder, 'known'), { recursive: true, force: true });
    const known = lines === undefined ? file : join(sshd.folder, 'known-lines');
    if (lines !== undefined) await writeFile(known, lines.map((line) => `${line}\n`).join(''));
    const connection = await connect(sshd.spec({ userKnownHostsFiles: [known], ...options.spec }), options);
    await connection.close();
  }

  const fingerprintOf = (key: string) =>
    execFileSync('ssh-keygen', ['-lf', '-'], { input: key }).toString().split(' ')[1]!;

  test('that is known is accepted, by any of its names and types', async () => {
    await connected([`${label} ${sshd.hostKeys[0]!}`]);
    await connected([`${label} ${sshd.hostKeys[1]!}`]);
    await connected([`127.0.0.1 ${sshd.hostKeys[0]!}`]);
    await connected([`other ${otherKey}`, `[127.0.0.*]:* ${sshd.hostKeys[0]!}`]);
    await connected([`alias ${sshd.hostKeys[0]!}`], { spec: { hostKeyAlias: 'alias' } });
  });

  test('that is unknown is refused with its fingerprint and the ways to add it, and is not added', async () => {
    const refused: RemoteError = await connected(undefined).then(
      () => expect.fail('connected'),
      (error: unknown) => error as RemoteError,
    );
    expect(refused).toMatchObject({ code: 'SLIP_HOST_KEY_UNKNOWN', exitCode: 3, host: 'test-1' });
    expect(refused.detail).toEqual([`shown: ED25519 ${fingerprintOf(sshd.hostKeys[0]!)}`]);
    expect(refused.mend).toContain('--accept-new-host-keys');
    expect(refused.mend).toContain(`ssh-keyscan -t ed25519 -p ${sshd.port}`);
    await expect(readFile(file)).rejects.toThrow(/ENOENT/);
  });

  test('that is unknown is added on request, told, and known from then on', async () => {
    const added: HostKeyQuestion[] = [];
    await connected(undefined, { acceptNewHostKeys: true, onHostKeyAdded: (question) => added.push(question) });
    expect(added).toMatchObject([
      { host: 'test-1', label, type: 'ED25519', fingerprint: fingerprintOf(sshd.hostKeys[0]!), file },
    ]);
    expect(await readFile(file, 'utf8')).toBe(`${label} ${sshd.hostKeys[0]!}\n`);
    const again = await connect(sshd.spec({ userKnownHostsFiles: [file] }));
    await again.close();
  });

  test('is added under a hashed name where that is configured', async () => {
    await connected(undefined, { acceptNewHostKeys: true, spec: { hashKnownHosts: true } });
    expect(await readFile(file, 'utf8')).toMatch(/^\|1\|[^ ]+ ssh-ed25519 /);
    expect(execFileSync('ssh-keygen', ['-F', label, '-f', file]).toString()).toContain('found: line 1');
  });

  test('is asked about where somebody can answer, and no clock runs meanwhile', async () => {
    const clock = countingClock();
    const somebody = person(async () => {
      await new Promise(setImmediate);
      expect(clock.running()).toBe(0);
      return answers.shift();
    });
    const fingerprintShown = fingerprintOf(sshd.hostKeys[0]!);
    const answers = ['no', undefined, 'yes', fingerprintShown];
    for (let declined = 0; declined < 2; declined += 1) {
      await expect(connected(undefined, { ask: somebody.ask, clock })).rejects.toMatchObject({
        code: 'SLIP_HOST_KEY_UNKNOWN',
      });
    }
    await connected(undefined, { ask: somebody.ask, clock });
    await connected(undefined, { ask: somebody.ask, clock });
    const question = { host: 'test-1', label, type: 'ED25519', fingerprint: fingerprintShown, file, others: [] };
    expect(somebody.asked).toEqual(Array(4).fill({ type: 'hostKey', question }));
    expect(await readFile(file, 'utf8')).toContain(label);
  });

  test('that has changed is refused whatever was asked for, naming the line and both fingerprints', async () => {
    const options = { acceptNewHostKeys: true, ask: person('yes').ask, spec: { strictHostKeyChecking: 'no' as const } };
    const lines = ['# old', `${label} ${otherKey}`];
    const refused: RemoteError = await connected(lines, options).then(
      () => expect.fail('connected'),
      (error: unknown) => error as RemoteError,
    );
    expect(refused).toMatchObject({ code: 'SLIP_HOST_KEY_CHANGED', exitCode: 3 });
    expect(refused.message).toContain('known-lines:2');
    expect(refused.detail.join(' ')).toContain(fingerprintOf(sshd.hostKeys[0]!));
    expect(refused.detail.join(' ')).toContain(fingerprintOf(otherKey));
    expect(refused.mend).toContain(`ssh-keygen -R '${label}' -f`);
  });

  test('that is revoked is refused, even where it is known', async () => {
    const lines = [`${label} ${sshd.hostKeys[0]!}`, `@revoked * ${sshd.hostKeys[0]!}`];
    await expect(connected(lines, { acceptNewHostKeys: true })).rejects.toMatchObject({
      code: 'SLIP_HOST_KEY_CHANGED',
    });
  });

  describe('of a type not known yet, where others of the host are', () => {
    let lines: string[];
    beforeAll(async () => {
      await makeKey(join(sshd.folder, 'ecdsa'), 'ecdsa');
      lines = [`${label} ${await publicKey(join(sshd.folder, 'ecdsa'))}`];
    });

    test('is not taken for a new host', async () => {
      for (const options of [{ acceptNewHostKeys: true }, { spec: { strictHostKeyChecking: 'accept-new' as const } }]) {
        const refused = connected(lines, options);
        await expect(refused).rejects.toMatchObject({ code: 'SLIP_HOST_KEY_UNKNOWN' });
        await expect(refused).rejects.toThrow(/shows an ED25519 key that is not known, though others/);
      }
    });

    test('is accepted by a person, who is told of the others', async () => {
      const somebody = person('yes');
      await connected(lines, { ask: somebody.ask });
      expect(somebody.asked).toMatchObject([{ question: { others: [expect.stringContaining('ECDSA SHA256:')] } }]);
    });
  });

  test('is asked about, added or refused as StrictHostKeyChecking says', async () => {
    const outcome = async (strictHostKeyChecking: HostSpec['strictHostKeyChecking'], more: Partial<HostSpec> = {}) => {
      const somebody = person('yes');
      const end = await connected(undefined, { ask: somebody.ask, spec: { strictHostKeyChecking, ...more } }).then(
        () => 'connected',
        (error: unknown) => (error as RemoteError).message,
      );
      const added = await readFile(file, 'utf8').then(Boolean, () => false);
      return { asked: somebody.asked.length, added, end };
    };
    expect(await outcome('ask')).toEqual({ asked: 1, added: true, end: 'connected' });
    expect(await outcome('accept-new')).toEqual({ asked: 0, added: true, end: 'connected' });
    expect(await outcome('no')).toEqual({ asked: 0, added: true, end: 'connected' });
    expect(await outcome('yes')).toMatchObject({ asked: 0, added: false, end: expect.stringContaining('forbids') });
    expect(await outcome('ask', { batchMode: true })).toMatchObject({
      ...{ asked: 0, added: false, end: expect.stringContaining('BatchMode') },
    });
  });
});

describe('the mend for a key that is not known', () => {
  const asked = { host: 'a', label: 'a', type: 'ED25519', fingerprint: 'SHA256:x', file: '/kh', others: [] };
  const bare = plainSpec({ name: 'a', host: 'a', port: 22, user: 'u' });

  test('scans with hashed names where those are wanted', () => {
    expect(unknownKey({ ...bare, hashKnownHosts: true }, asked).mend).toContain(
      'ssh-keyscan -H -t ed25519 -p 22 -- a >> /kh',
    );
    expect(unknownKey(bare, asked).mend).toContain('ssh-keyscan -t ed25519 -p 22 -- a >> /kh');
  });

  test('is a login by ssh for a host that cannot be scanned from here', () => {
    const behind = { ...bare, jumps: [bare], openSshArguments: ['-F', '/my config', '--', 'a'] };
    expect(unknownKey(behind, asked).mend).toContain("ssh -o StrictHostKeyChecking=ask -F '/my config' -- a true");
  });
});

test('key types that are known are asked for first, an RSA key by its modern names', () => {
  expect(hostKeyOrder(['ssh-rsa'])[0]).toBe('rsa-sha2-512');
  expect(hostKeyOrder(['ecdsa-sha2-nistp384']).slice(0, 2)).toEqual(['ecdsa-sha2-nistp384', 'ssh-ed25519']);
  expect(hostKeyOrder(['sk-ssh-ed25519@openssh.com'])[0]).toBe('ssh-ed25519');
});

describe('the configuration of algorithms', () => {
  test('limits what is offered to what it allows', () => {
    const allowed = {
      ...{
        kex: ['sntrup761x25519-sha512', 'curve25519-sha256'],
        hostKeys: ['ssh-rsa-cert-v01@openssh.com', 'rsa-sha2-256'],
      },
      ...{ ciphers: ['aes256-ctr', 'aes256-cbc'], macs: ['umac-64@openssh.com', 'hmac-sha2-512'] },
    };
    expect(algorithmsFor(['ssh-ed25519'], allowed)).toEqual({
      ...{ kex: ['curve25519-sha256'], serverHostKey: ['rsa-sha2-256'] },
      ...{ cipher: ['aes256-ctr', 'aes256-cbc'], hmac: ['hmac-sha2-512'], compress: ['none'] },
    });
  });

  test('leaves ciphers to ssh2, which knows what is fast here, where it forbids none of them', () => {
    expect(algorithmsFor([])).not.toHaveProperty('cipher');
    const usual = 'aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com';
    const ciphers = `chacha20-poly1305@openssh.com,${usual}`.split(',');
    expect(algorithmsFor([], { ...ALL_ALLOWED, ciphers })).not.toHaveProperty('cipher');
  });

  test('may add, take away and prefer', () => {
    expect(parseAlgorithms('+ssh-dss', 'hostKeys').at(-1)).toBe('ssh-dss');
    expect(parseAlgorithms('-ecdsa-*,ssh-rsa', 'hostKeys')).toEqual(['ssh-ed25519', 'rsa-sha2-512', 'rsa-sha2-256']);
    expect(parseAlgorithms('^aes256-ctr', 'ciphers')).toContain('aes128-ctr');
    expect(parseAlgorithms('aes256-ctr', 'ciphers')).toEqual(['aes256-ctr']);
  });
});
