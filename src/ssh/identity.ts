import { readFile, stat } from 'node:fs/promises';
import type { ParsedKey } from 'ssh2';
import { sanitise } from '../base/sanitise.ts';
import { keyType } from './fingerprint.ts';
import { parsePrivate, parsePublic } from './private-key.ts';

/** An encrypted private key. Its public half is known in most cases: it stands in front, or in a file beside it. */
export interface LockedIdentity {
  readonly type: 'locked';
  readonly file: string;
  readonly blob: Buffer | undefined;
  readonly content: string;
}

/** What an IdentityFile turned out to be. `blob` is its public key, to find it in the agent. */
export type Identity =
  | LockedIdentity
  | { readonly type: 'usable'; readonly file: string; readonly blob: Buffer; readonly key: ParsedKey }
  /** Only the agent can sign with it: the private key is not there. */
  | { readonly type: 'public'; readonly file: string; readonly blob: Buffer | undefined }
  | { readonly type: 'unusable'; readonly file: string; readonly reason: string }
  | { readonly type: 'missing'; readonly file: string };

/** Reads an IdentityFile: a private key in any form, or the public half of a key that the agent holds. */
export async function loadIdentity(file: string): Promise<Identity> {
  const content = await readIfThere(file);
  if (content === undefined) {
    const blob = await publicHalf(file);
    return blob === undefined ? { type: 'missing', file } : { type: 'public', file, blob };
  }
  const blob = publicBlob(content);
  if (blob !== undefined) return { type: 'public', file, blob };
  return isEncrypted(content) ? locked(file, content) : usable(file, content);
}

async function locked(file: string, content: string): Promise<Identity> {
  const blob = openSshPublic(content) ?? (await publicHalf(file));
  if (blob === undefined || parsePublic(blob) !== undefined) return { type: 'locked', file, blob, content };
  return { type: 'unusable', file, reason: `only the system's ssh can use a key of type ${sanitise(keyType(blob))}` };
}

async function usable(file: string, content: string): Promise<Identity> {
  const parsed = parsePrivate(content);
  if (parsed instanceof Error) return { type: 'unusable', file, reason: sanitise(parsed.message) };
  if (await isExposed(file)) return { type: 'unusable', file, reason: `others can read it: chmod 600 ${file}` };
  return { type: 'usable', file, blob: parsed.getPublicSSH(), key: parsed };
}

/** OpenSSH ignores private keys that are open to others, for they may have been taken. */
export async function isExposed(file: string): Promise<boolean> {
  if (process.platform === 'win32') return false;
  const { mode, uid } = await stat(file);
  return uid === process.getuid?.() && (mode & 0o077) !== 0;
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'latin1');
  } catch {
    return undefined;
  }
}

async function publicHalf(file: string): Promise<Buffer | undefined> {
  const content = await readIfThere(`${file}.pub`);
  return content === undefined ? undefined : publicBlob(content);
}

/** "ssh-ed25519 AAAA… comment" */
function publicBlob(content: string): Buffer | undefined {
  const base64 = /^(?:ssh|ecdsa|sk)-\S+ +([A-Za-z0-9+/]+=*)/.exec(content)?.[1];
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64');
}

function isEncrypted(content: string): boolean {
  if (/^(?:Proc-Type: 4,ENCRYPTED|-----BEGIN ENCRYPTED )/m.test(content)) return true;
  const fields = openSshFields(content);
  return fields !== undefined && fields[0]!.toString() !== 'none';
}

/** The public key stands in clear text in front of an encrypted private one (PROTOCOL.key of OpenSSH). */
function openSshPublic(content: string): Buffer | undefined {
  return openSshFields(content)?.[3];
}

const MAGIC = 'openssh-key-v1\0';

/** Cipher, key derivation, its options, (a count), public key: all but the count with their lengths before them. */
function openSshFields(content: string): Buffer[] | undefined {
  const armoured = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]*)-----END/.exec(content)?.[1];
  const bytes = Buffer.from(armoured ?? '', 'base64');
  if (!bytes.toString('latin1').startsWith(MAGIC)) return undefined;
  const fields: Buffer[] = [];
  let at = MAGIC.length;
  while (fields.length < 4 && at + 4 <= bytes.length) {
    const length = bytes.readUInt32BE(at);
    fields.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length + (fields.length === 3 ? 4 : 0);
  }
  return fields.length === 4 ? fields : undefined;
}
