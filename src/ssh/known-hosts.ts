import { createHmac } from 'node:crypto';
import { keyType } from './fingerprint.ts';

/** One key line of a known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
export interface KnownKey {
  readonly marker: 'none' | 'authority' | 'revoked';
  /** Patterns with commas between them, or one hashed name. */
  readonly hosts: string;
  readonly type: string;
  readonly key: Buffer;
  readonly file: string;
  readonly line: number;
}

export type Verdict =
  | { readonly type: 'ok' }
  /** The key is in no file; `others` are keys of other types that are known for this host. */
  | { readonly type: 'unknown'; readonly others: readonly KnownKey[] }
  /** Another key of the same type is known. */
  | { readonly type: 'changed'; readonly known: KnownKey }
  | { readonly type: 'revoked'; readonly known: KnownKey };

const MARKERS = { '@cert-authority': 'authority', '@revoked': 'revoked' } as const;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** The key lines of a file. What OpenSSH does not understand it skips, and so does this. */
export function parseKnownHosts(text: string, file: string): KnownKey[] {
  return text.split(/\r?\n/).flatMap((content, index) => {
    const known = parseLine(content);
    return known === undefined ? [] : [{ ...known, file, line: index + 1 }];
  });
}

function parseLine(content: string): Omit<KnownKey, 'file' | 'line'> | undefined {
  const words = content.trim().split(/[ \t]+/);
  if (words[0] === '' || words[0]!.startsWith('#')) return undefined;
  const marked = words[0]!.startsWith('@') ? words.shift()! : undefined;
  if (marked !== undefined && !(marked in MARKERS)) return undefined;
  const [hosts, type, base64] = words;
  if (hosts === undefined || type === undefined || base64 === undefined || !BASE64.test(base64)) return undefined;
  const key = Buffer.from(base64, 'base64');
  if (keyType(key) !== type) return undefined;
  return { marker: marked === undefined ? 'none' : MARKERS[marked as keyof typeof MARKERS], hosts, type, key };
}

/** The name a host goes by in known_hosts: port 22 is left out, any other is written `[host]:port`. */
export function hostLabel(host: string, port: number): string {
  const lower = host.toLowerCase();
  return port === 22 ? lower : `[${lower}]:${port}`;
}

/** Lines that speak of this host, whatever their marker. */
export function linesFor(lines: readonly KnownKey[], label: string): KnownKey[] {
  return lines.filter(({ hosts }) => (hosts.startsWith('|') ? matchesHash(hosts, label) : matchesList(hosts, label)));
}

/** `|1|salt|hmac`: the name is hidden, so a stolen file does not tell where its owner goes. */
function matchesHash(hashed: string, label: string): boolean {
  const [, version, salt, hash] = hashed.split('|');
  return version === '1' && hash === hmac(Buffer.from(salt ?? '', 'base64'), label);
}

function hmac(salt: Buffer, label: string): string {
  return createHmac('sha1', salt).update(label).digest('base64');
}

/** A negated pattern that matches decides alone, wherever it stands in the list. */
function matchesList(patterns: string, label: string): boolean {
  const hits = patterns.split(',').filter((pattern) => matchesPattern(pattern.replace(/^!/, ''), label));
  return hits.length > 0 && !hits.some((pattern) => pattern.startsWith('!'));
}

function matchesPattern(pattern: string, label: string): boolean {
  const literal = pattern.toLowerCase().replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replace(/\*+/g, '.*').replaceAll('?', '.')}$`, 's').test(label);
}

/** What the files say about the key that a host has shown. One equal key is enough, in whatever file. */
export function judge(lines: readonly KnownKey[], label: string, key: Buffer): Verdict {
  const matching = linesFor(lines, label);
  const revoked = matching.find((line) => line.marker === 'revoked' && line.key.equals(key));
  if (revoked !== undefined) return { type: 'revoked', known: revoked };
  const plain = matching.filter((line) => line.marker === 'none');
  if (plain.some((line) => line.key.equals(key))) return { type: 'ok' };
  const changed = plain.find((line) => line.type === keyType(key));
  return changed === undefined ? { type: 'unknown', others: plain } : { type: 'changed', known: changed };
}

/** Key types known for a host, to be asked for first: a host known only by its RSA key must not look unknown. */
export function knownTypes(lines: readonly KnownKey[], label: string): string[] {
  const plain = linesFor(lines, label).filter((line) => line.marker === 'none');
  return [...new Set(plain.map((line) => line.type))];
}

/** A line to append; with a salt the name is hashed, as HashKnownHosts asks for. */
export function formatKnownHost(label: string, key: Buffer, salt?: Buffer): string {
  const hosts = salt === undefined ? label : `|1|${salt.toString('base64')}|${hmac(salt, label)}`;
  return `${hosts} ${keyType(key)} ${key.toString('base64')}`;
}
