import { createHmac } from 'node:crypto';
import { matchesPatterns } from './config/patterns.ts';
import { keyFamily, keyType } from './fingerprint.ts';

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

/** Names are looked up several times for each connection, and every hashed one costs an HMAC. */
const found = new WeakMap<readonly KnownKey[], Map<string, readonly KnownKey[]>>();

/** Lines that speak of this host, whatever their marker. */
export function linesFor(lines: readonly KnownKey[], label: string): readonly KnownKey[] {
  const remembered = found.get(lines) ?? new Map<string, readonly KnownKey[]>();
  found.set(lines, remembered);
  const matching = remembered.get(label) ?? lines.filter(({ hosts }) => isNamed(hosts, label));
  remembered.set(label, matching);
  return matching;
}

function isNamed(hosts: string, label: string): boolean {
  return hosts.startsWith('|') ? matchesHash(hosts, label) : matchesPatterns(hosts.toLowerCase().split(','), label);
}

/** `|1|salt|hmac`: the name is hidden, so a stolen file does not tell where its owner goes. */
function matchesHash(hashed: string, label: string): boolean {
  const [, version, salt, hash] = hashed.split('|');
  return version === '1' && hash === hmac(Buffer.from(salt ?? '', 'base64'), label);
}

function hmac(salt: Buffer, label: string): string {
  return createHmac('sha1', salt).update(label).digest('base64');
}

/** What the files say about the key that a host has shown. One equal key is enough, in whatever file. */
export function judge(lines: readonly KnownKey[], label: string, key: Buffer): Verdict {
  const matching = linesFor(lines, label);
  const revoked = matching.find((line) => line.marker === 'revoked' && line.key.equals(key));
  if (revoked !== undefined) return { type: 'revoked', known: revoked };
  const plain = matching.filter((line) => line.marker === 'none');
  if (plain.some((line) => line.key.equals(key))) return { type: 'ok' };
  const changed = plain.find((line) => keyFamily(line.type) === keyFamily(keyType(key)));
  return changed === undefined ? { type: 'unknown', others: plain } : { type: 'changed', known: changed };
}

/** Key types known for a host, to be asked for first: a host known only by its RSA key must not look unknown. */
export function knownTypes(lines: readonly KnownKey[], label: string): string[] {
  const plain = linesFor(lines, label).filter((line) => line.marker === 'none');
  return [...new Set(plain.map((line) => line.type))];
}

/**
 * Whether an authority is trusted to vouch for this host (`@cert-authority`). A host's certificate is something that only
 * the system's ssh can check; where a key of the host itself is known as well (`knownTypes`), ssh2 will do.
 */
export function hasAuthorityFor(lines: readonly KnownKey[], label: string): boolean {
  const usual = /^\[(.*)\]:\d+$/.exec(label)?.[1];
  const labels = usual === undefined ? [label] : [label, usual];
  return labels.some((name) => linesFor(lines, name).some((line) => line.marker === 'authority'));
}

/** A line to append; with a salt the name is hashed, as HashKnownHosts asks for. */
export function formatKnownHost(label: string, key: Buffer, salt?: Buffer): string {
  const hosts = salt === undefined ? label : `|1|${salt.toString('base64')}|${hmac(salt, label)}`;
  return `${hosts} ${keyType(key)} ${key.toString('base64')}`;
}
