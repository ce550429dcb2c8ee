import { createHash, createPrivateKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { ParsedKey, SigningRequestOptions } from 'ssh2';
import type { SigningKey } from './agent.ts';
import { decrypt } from './decrypt.ts';
import { createFlights } from './flights.ts';
import { isExposed } from './identity.ts';
import type { LockedIdentity } from './identity.ts';
import { parsePublic } from './private-key.ts';
import { MOST_ATTEMPTS } from './prompts.ts';
import type { AskPerson } from './prompts.ts';

/** What came of asking for a passphrase. */
export type Unlocking =
  { readonly type: 'unlocked'; readonly key: SigningKey } | { readonly type: 'locked'; readonly reason: string };

/** Keys that were unlocked, by the sum of their files: for the life of the process, and nowhere else. */
const unlocked = new Map<string, SigningKey>();

const flights = createFlights<Unlocking>();

/** Unlocks a key: the first host that needs it asks, all others wait for the same answer. */
export async function unlock(identity: LockedIdentity, ask: AskPerson, signal: AbortSignal): Promise<Unlocking> {
  const sum = createHash('sha256').update(identity.content).digest('hex');
  const known = unlocked.get(sum);
  if (known !== undefined) return { type: 'unlocked', key: known };
  const came = await flights(sum, (shared) => askFor(identity, ask, shared), signal);
  if (came?.type === 'unlocked') unlocked.set(sum, came.key);
  return came ?? { type: 'locked', reason: 'it was given up' };
}

async function askFor(identity: LockedIdentity, ask: AskPerson, signal: AbortSignal): Promise<Unlocking> {
  const { file, content } = identity;
  if (await isExposed(file)) return { type: 'locked', reason: `others can read it: chmod 600 ${file}` };
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const passphrase = await ask({ type: 'passphrase', file, attempt }, signal);
    if (passphrase === undefined) return { type: 'locked', reason: 'no passphrase was given' };
    const found = await decrypt(content, passphrase, signal);
    if (found.type === 'decrypted') return signingKey(found.pem, Buffer.from(found.blob));
  }
  return { type: 'locked', reason: `its passphrase was wrong ${MOST_ATTEMPTS} times` };
}

function signingKey(pem: string, blob: Buffer): Unlocking {
  const key = parsePublic(blob);
  if (key === undefined) return { type: 'locked', reason: 'it is of a kind that cannot be used' };
  const secret = createPrivateKey(pem);
  const signed = (bytes: Buffer, { hash }: SigningRequestOptions) => signWith(secret, bytes, hash ?? hashOf(key));
  return { type: 'unlocked', key: { key, sign: signed } };
}

/** RFC 5656 binds the hash to the curve; ed25519 has its own. ssh2 names the one for RSA. */
function hashOf({ type }: ParsedKey): string | null {
  const curve = /nistp(256|384|521)$/.exec(type)?.[1];
  if (curve !== undefined) return curve === '521' ? 'sha512' : `sha${curve}`;
  return type === 'ssh-rsa' ? 'sha1' : null;
}

function signWith(secret: KeyObject, bytes: Buffer, hash: string | null): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    sign(hash, bytes, secret, (error, signature) => (error === null ? resolve(signature) : reject(error)));
  });
}
