import { execFileSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import type { Clock } from '../../src/base/clock.ts';
import type { RemoteError } from '../../src/base/errors.ts';
import { connect } from '../../src/ssh/connect.ts';
import type { ConnectOptions } from '../../src/ssh/connect.ts';
import { hostKeyOrder } from '../../src/ssh/algorithms.ts';
import type { HostKeyQuestion } from '../../src/ssh/host-key.ts';
import type { HostSpec } from '../../src/ssh/spec.ts';
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
    const questions: HostKeyQuestion[] = [];
    const answer = (yes: boolean) => async (question: HostKeyQuestion) => {
      questions.push(question);
      await new Promise(setImmediate);
      expect(clock.running()).toBe(0);
      return yes;
    };
    await expect(connected(undefined, { askHostKey: answer(false), clock })).rejects.toMatchObject({
      code: 'SLIP_HOST_KEY_UNKNOWN',
    });
    await connected(undefined, { askHostKey: answer(true), clock });
    expect(questions.map(({ type }) => type)).toEqual(['ED25519', 'ED25519']);
    expect(await readFile(file, 'utf8')).toContain(label);
  });

  test('that has changed is refused whatever was asked for, naming the line and both fingerprints', async () => {
    const options = { acceptNewHostKeys: true, askHostKey: () => Promise.resolve(true) };
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

  test('of a type not known yet is not taken for a new host', async () => {
    await makeKey(join(sshd.folder, 'ecdsa'), 'ecdsa');
    const lines = [`${label} ${await publicKey(join(sshd.folder, 'ecdsa'))}`];
    const refused = connected(lines, { acceptNewHostKeys: true });
    await expect(refused).rejects.toMatchObject({ code: 'SLIP_HOST_KEY_UNKNOWN' });
    await expect(refused).rejects.toThrow(/shows an ED25519 key that is not known, though others/);
  });
});

test('key types that are known are asked for first, an RSA key by its modern names', () => {
  expect(hostKeyOrder(['ssh-rsa'])[0]).toBe('rsa-sha2-512');
  expect(hostKeyOrder(['ecdsa-sha2-nistp384']).slice(0, 2)).toEqual(['ecdsa-sha2-nistp384', 'ssh-ed25519']);
  expect(hostKeyOrder(['sk-ssh-ed25519@openssh.com'])[0]).toBe('ssh-ed25519');
});
