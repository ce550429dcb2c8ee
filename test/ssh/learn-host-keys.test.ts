import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import type { ParsedKey } from 'ssh2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readKnownHosts } from '../../src/ssh/known-hosts-file.ts';
import { formatKnownHost, hostLabel } from '../../src/ssh/known-hosts.ts';
import { learnHostKeys } from '../../src/ssh/learn-host-keys.ts';
import type { HostSpec } from '../../src/ssh/spec.ts';
import { skipReason, startSshd } from './support/sshd.ts';
import type { Sshd } from './support/sshd.ts';

const skip = await skipReason();

const blob = (line: string) => Buffer.from(line.split(' ')[1]!, 'base64');

describe.skipIf(skip !== undefined)(`further keys of a host${skip === undefined ? '' : ` (${skip})`}`, () => {
  let sshd: Sshd;
  let label: string;
  /** What sshd has proven to have, at a connection of ssh2. */
  let proven: Buffer[];
  let ed25519: string;
  let others: string[];

  beforeAll(async () => {
    sshd = await startSshd({ hostKeys: ['ed25519', 'ecdsa', 'rsa'] });
    label = hostLabel('127.0.0.1', sshd.port);
    [ed25519, ...others] = sshd.hostKeys as [string, ...string[]];
    const client = new ssh2.Client();
    const keys = new Promise<ParsedKey[]>((resolve) => client.once('hostkeys', resolve));
    const { host, port, user } = sshd.spec();
    client.connect({ host, port, username: user, privateKey: await readFile(sshd.userKey) });
    proven = (await keys).map((key) => key.getPublicSSH());
    client.end();
  });
  afterAll(async () => sshd[Symbol.asyncDispose]());

  let files = 0;

  /** Learns with a known_hosts file of these lines, and returns the lines that it has then. */
  async function learned(lines: readonly string[], changes: Partial<HostSpec> = {}): Promise<string[]> {
    files += 1;
    const file = join(sshd.folder, `learned-${files}`);
    await writeFile(file, lines.map((line) => `${line}\n`).join(''));
    const spec = sshd.spec({ updateHostKeys: 'yes', userKnownHostsFiles: [file], ...changes });
    const known = await readKnownHosts([...spec.userKnownHostsFiles, ...spec.globalKnownHostsFiles]);
    await learnHostKeys(spec, { verified: blob(ed25519), proven, lines: known });
    return (await readFile(file, 'utf8')).trimEnd().split('\n');
  }

  const known = () => [`${label} ${ed25519}`];

  test('are proven at login', () => {
    expect(proven.map(String).toSorted()).toEqual(sshd.hostKeys.map(blob).map(String).toSorted());
  });

  test('are written down, and only once', async () => {
    const all = await learned(known());
    expect(all.toSorted()).toEqual([...known(), ...others.map((key) => `${label} ${key}`)].toSorted());
    expect(await learned(all)).toEqual(all);
  });

  test('are written under hashed names where that is configured', async () => {
    const all = await learned(known(), { hashKnownHosts: true });
    const hashed = all.filter((line) => line.startsWith('|1|'));
    expect(hashed).toHaveLength(2);
    const found = execFileSync('ssh-keygen', ['-F', label, '-f', join(sshd.folder, `learned-${files}`)]).toString();
    expect(found.match(/found: line/g)).toHaveLength(3);
  });

  test('are written by many connections at once, each once', async () => {
    const file = join(sshd.folder, 'shared');
    await writeFile(file, `${known()[0]!}\n`);
    const spec = sshd.spec({ updateHostKeys: 'yes', userKnownHostsFiles: [file] });
    const lines = await readKnownHosts([file]);
    await Promise.all(
      Array.from({ length: 10 }, () => learnHostKeys(spec, { verified: blob(ed25519), proven, lines })),
    );
    expect((await readFile(file, 'utf8')).trimEnd().split('\n')).toHaveLength(3);
  });

  test.each([['no'], ['ask']] as const)('are left alone under UpdateHostKeys %s', async (updateHostKeys) => {
    expect(await learned(known(), { updateHostKeys })).toEqual(known());
  });

  test('are left alone when no file of the user names this very host', async () => {
    for (const names of ['*', '127.0.0.1', `${label},!x`, '@cert-authority *']) {
      expect(await learned([`${names} ${ed25519}`])).toEqual([`${names} ${ed25519}`]);
    }
    const global = join(sshd.folder, 'global');
    await writeFile(global, `${known()[0]!}\n`);
    expect(await learned(['# empty'], { globalKnownHostsFiles: [global] })).toEqual(['# empty']);
  });

  test('are left alone when they are revoked', async () => {
    const lines = [...known(), ...others.map((key) => `@revoked * ${key}`)];
    expect(await learned(lines)).toEqual(lines);
  });

  test('are learned for a host that is known by a hashed name', async () => {
    expect(await learned([formatKnownHost(label, blob(ed25519), Buffer.alloc(20, 7))])).toHaveLength(3);
  });
});
