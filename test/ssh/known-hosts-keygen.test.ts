import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatKnownHost, hostLabel, linesFor, parseKnownHosts } from '../../src/ssh/known-hosts.ts';

/**
 * A large file of all kinds of lines, in which ssh-keygen and we must find the same ones. `-l` makes ssh-keygen read the
 * keys as ssh does, so that lines with broken ones are found by neither. Markers are followed by a space here: OpenSSH
 * passes over most of those with a tab, which we take at their word.
 */
const run = promisify(execFile);
let folder: string;
let file: string;
let text: string;

/** The same "random" numbers at every run (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const NAMES = [
  'a',
  'b.example.com',
  'bad.example.com',
  'UPPER.Example.com',
  '192.0.2.7',
  '2001:db8::7',
  'x_y',
  'fe80::1%eth0',
];
const PORTS = [22, 2222, 22022];
const PATTERNS = [
  ...[
    '*',
    '*.example.com',
    '?',
    '192.0.2.*',
    '[*]:2222',
    '[192.0.2.?]:*',
    'b*.com',
    '*x*y*',
    '[a]:22022',
    '[a]:22',
    '**',
    '*:*',
  ],
  ...['!bad.example.com', '!a', '![a]:2222', '!*.com', '', '!', '|1|broken', '|2|aa|bb', '\\*', 'a.*'],
];
const JUNK = [
  '',
  '# a comment',
  '   # an indented one',
  'nonsense',
  'a ssh-ed25519',
  'a ssh-ed25519 %%%',
  '@revoked',
  '@unknown a ssh-ed25519 AAAA',
  '\t',
  'a',
  '@cert-authority',
  'a no-such-type AAAAC3NzaC1lZDI1NTE5AAAAIA==',
  'a 1024 35 1234567890',
  '@revoked @revoked a ssh-ed25519 AAAA',
];

function key(): Buffer {
  const { publicKey } = generateKeyPairSync('ed25519');
  const type = Buffer.from('\0\0\0\x0bssh-ed25519\0\0\0\x20', 'latin1');
  return Buffer.concat([type, publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)]);
}

function makeText(): string {
  const random = numbers(20_261_121);
  const pick = <T>(from: readonly T[]) => from[random(from.length)]!;
  const label = () => hostLabel(pick(NAMES), pick(PORTS));
  const keys = Array.from({ length: 5 }, key);
  const list = () =>
    Array.from({ length: 1 + random(4) }, () => (random(3) === 0 ? pick(PATTERNS) : label())).join(',');
  const wrapped = (line: string) =>
    [
      pick(['', '', '', '  ', '\t']),
      pick(['', '', '', '@revoked ', '@cert-authority ']),
      line,
      pick(['', '', ' a comment', '\ttabs']),
    ].join('');
  const lines = Array.from({ length: 600 }, () => {
    const kind = random(10);
    if (kind === 0) return pick(JUNK);
    if (kind < 4)
      return wrapped(formatKnownHost(label(), pick(keys), Buffer.from(Array.from({ length: 20 }, () => random(256)))));
    return wrapped(formatKnownHost(list(), pick(keys)).replace(' ', pick([' ', '  ', '\t'])));
  });
  return lines.map((line) => line + pick(['\n', '\n', '\n', '\r\n'])).join('');
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-keygen-'));
  file = join(folder, 'known_hosts');
  text = makeText();
  await writeFile(file, text);
});
afterAll(() => rm(folder, { recursive: true }));

/** `# Host a found: line 3`; it ends with 1 when it finds nothing. */
async function keygenFinds(label: string): Promise<number[]> {
  const found = await run('ssh-keygen', ['-l', '-F', label, '-f', file]).catch(() => ({ stdout: '' }));
  return [...found.stdout.matchAll(/found: line (\d+)/g)].map(([, number]) => Number(number));
}

const HOSTS = [...NAMES, 'c', 'bb.example.com', 'example.com', '192.0.2.70', 'xy', 'ab', 'a.b.example.com'];

describe.each(HOSTS)('ssh-keygen finds the same lines for %s', (host) => {
  test.each(PORTS)('on port %i', async (port) => {
    const label = hostLabel(host, port);
    const ours = linesFor(parseKnownHosts(text, file), label).map(({ line }) => line);
    expect(ours).toEqual(await keygenFinds(label));
  });
});
