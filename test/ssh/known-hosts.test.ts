import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fingerprint } from '../../src/ssh/fingerprint.ts';
import { appendKnownHost, readKnownHosts } from '../../src/ssh/known-hosts-file.ts';
import { formatKnownHost, hostLabel, judge, knownTypes, linesFor, parseKnownHosts } from '../../src/ssh/known-hosts.ts';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'slipway-known-'))));
afterAll(() => rm(folder, { recursive: true }));

const [first, second, third] = [ed25519(), ed25519(), ed25519()];
const [rsa, otherRsa] = [blob('ssh-rsa', randomBytes(64)), blob('ssh-rsa', randomBytes(64))];

/** A public key as it travels. */
function blob(type: string, ...fields: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from(type), ...fields].flatMap((field) => [length(field), field]));
}

function length(field: Buffer): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(field.length);
  return bytes;
}

function ed25519(): Buffer {
  const { publicKey } = generateKeyPairSync('ed25519');
  return blob('ssh-ed25519', publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
}

const parse = (...lines: readonly string[]) => parseKnownHosts(lines.join('\n'), 'kh');
const line = (hosts: string, key: Buffer) => formatKnownHost(hosts, key);

describe('the verdict on a host key', () => {
  test('is ok when any line of the host has exactly this key', () => {
    const known = parse(line('a', first), '', '# a comment', line('b,a', second));
    expect(judge(known, 'a', second)).toEqual({ type: 'ok' });
  });

  test('is unknown when no line speaks of the host', () => {
    expect(judge(parse(line('b', first)), 'a', first)).toEqual({ type: 'unknown', others: [] });
  });

  test('is changed when the host has another key of that type, and names file and line', () => {
    const verdict = judge(parse('# one', line('a', first)), 'a', second);
    expect(verdict).toMatchObject({ type: 'changed', known: { file: 'kh', line: 2 } });
  });

  test('is unknown, with the others named, when only keys of other types are known', () => {
    expect(judge(parse(line('a', rsa)), 'a', first)).toMatchObject({ type: 'unknown', others: [{ type: 'ssh-rsa' }] });
  });

  test('is revoked when a revoked line has this key, whatever else says that it is fine', () => {
    const known = parse(line('a', first), `@revoked * ${line('', first).trim()}`);
    expect(judge(known, 'a', first)).toMatchObject({ type: 'revoked', known: { line: 2 } });
    expect(judge(known, 'a', second).type).toBe('changed');
  });

  test('does not take a certificate authority for a host key', () => {
    expect(judge(parse(`@cert-authority ${line('a', first)}`), 'a', first)).toEqual({ type: 'unknown', others: [] });
  });
});

describe('a host is found', () => {
  const found = (hosts: string, label: string) => linesFor(parse(line(hosts, first)), label).length === 1;

  test('by pattern, and a negated pattern that matches decides', () => {
    expect(found('*.example.com,!bad.example.com', 'good.example.com')).toBe(true);
    expect(found('*.example.com,!bad.example.com', 'bad.example.com')).toBe(false);
    expect(found('!bad.example.com', 'good.example.com')).toBe(false);
    expect(found('10.0.0.?', '10.0.0.7')).toBe(true);
    expect(found('10.0.0.?', '10.0.0.77')).toBe(false);
    expect(found('a.b', 'axb')).toBe(false);
  });

  test('with its port in brackets, unless that is 22', () => {
    expect(hostLabel('Example.COM', 22)).toBe('example.com');
    expect(hostLabel('::1', 2222)).toBe('[::1]:2222');
    expect(found('[a]:2222', hostLabel('a', 2222))).toBe(true);
    expect(found('a', hostLabel('a', 2222))).toBe(false);
    expect(found('[192.0.2.*]:*', hostLabel('192.0.2.1', 2222))).toBe(true);
  });

  test('by the hash of its name', () => {
    const hashed = parse(formatKnownHost('[a]:2222', first, randomBytes(20)));
    expect(linesFor(hashed, '[a]:2222')).toHaveLength(1);
    expect(linesFor(hashed, 'a')).toHaveLength(0);
    expect(hashed[0]!.hosts).not.toContain('2222');
  });

  test('whatever the case of its letters', () => {
    expect(found('Example.COM', hostLabel('eXample.com', 22))).toBe(true);
  });

  test('with the types of its keys, so that those are asked for first', () => {
    const known = parse(line('a', rsa), line('a', otherRsa), line('b', first), `@revoked ${line('a', second)}`);
    expect(knownTypes(known, 'a')).toEqual(['ssh-rsa']);
  });
});

test('lines that OpenSSH would not understand are skipped, and the others keep their numbers', () => {
  const text = [
    'nonsense',
    `a ssh-rsa ${first.toString('base64')}`,
    'a ssh-ed25519 %%%',
    '@what a b c',
    line('a', first),
  ];
  expect(parseKnownHosts(text.join('\r\n'), 'kh').map((known) => known.line)).toEqual([5]);
});

test('ssh-keygen -F finds the same lines', async () => {
  const file = join(folder, 'mixed');
  const hosts = ['a', 'a,b', '*.example.com,!bad.example.com', '[a]:2222', '192.0.2.*', '!a,*', 'A', '?', '[*]:2222'];
  const hashed = ['a', '[a]:2222', 'good.example.com'].map((label) => formatKnownHost(label, third, randomBytes(20)));
  const lines = [
    ...hosts.flatMap((pattern) => [line(pattern, first), '# between', line(pattern, second)]),
    ...hashed,
    'broken line',
    `@revoked ${line('b', first)}`,
    `  ${line('indented', first)} with a comment`,
  ];
  await writeFile(file, lines.map((text) => `${text}\n`).join(''));
  const known = await readKnownHosts([file]);
  const labels = ['a', 'b', 'c', 'x.y', 'good.example.com', 'bad.example.com', '[a]:2222', '192.0.2.9', 'indented'];
  for (const label of labels) {
    const ours = linesFor(known, label).map(({ line: number }) => number);
    expect({ label, lines: ours }).toEqual({ label, lines: keygenFinds(label, file) });
  }
});

/** `# Host a found: line 3` */
function keygenFinds(label: string, file: string): number[] {
  let output = '';
  try {
    output = execFileSync('ssh-keygen', ['-F', label, '-f', file], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    // it ends with 1 when it finds nothing
  }
  return [...output.matchAll(/found: line (\d+)/g)].map(([, number]) => Number(number));
}

test('fingerprints are those of ssh-keygen', async () => {
  await writeFile(join(folder, 'key.pub'), `ssh-ed25519 ${first.toString('base64')} me\n`);
  const shown = execFileSync('ssh-keygen', ['-l', '-f', join(folder, 'key.pub')], { encoding: 'utf8' });
  expect(shown.split(' ')[1]).toBe(fingerprint(first));
});

describe('adding a line', () => {
  test('makes the folder and the file for their owner alone', async () => {
    const file = join(folder, 'new', '.ssh', 'known_hosts');
    await appendKnownHost(file, line('a', first));
    const modes = await Promise.all([stat(join(folder, 'new', '.ssh')), stat(file)]);
    expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['700', '600']);
    expect(judge(await readKnownHosts([file]), 'a', first)).toEqual({ type: 'ok' });
  });

  test('never runs into a last line that lacks its newline', async () => {
    const file = join(folder, 'unfinished');
    await writeFile(file, line('a', first));
    await appendKnownHost(file, line('b', second));
    expect(await readFile(file, 'utf8')).toBe(`${line('a', first)}\n${line('b', second)}\n`);
  });

  test('by many at once keeps every line whole', async () => {
    const file = join(folder, 'busy');
    await Promise.all(Array.from({ length: 30 }, (_, i) => appendKnownHost(file, line(`host-${i}`, first))));
    expect(await readKnownHosts([file])).toHaveLength(30);
  });
});

test('a file that is missing knows nobody, and one that cannot be read is told', async () => {
  expect(await readKnownHosts([join(folder, 'nowhere', 'known_hosts')])).toEqual([]);
  await expect(readKnownHosts([folder])).rejects.toMatchObject({ code: 'SLIP_KNOWN_HOSTS', exitCode: 2 });
});
