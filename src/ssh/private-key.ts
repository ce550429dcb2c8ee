import { createPrivateKey } from 'node:crypto';
import ssh2 from 'ssh2';
import type { ParsedKey } from 'ssh2';
import { keyType } from './fingerprint.ts';

/** A private key in any form; ssh2 reads all but PKCS#8, which Node turns into what ssh2 reads. */
export function parsePrivate(content: string, passphrase?: string): ParsedKey | Error {
  if (!/^-----BEGIN (?:ENCRYPTED )?PRIVATE KEY-----/m.test(content)) return ssh2.utils.parseKey(content, passphrase);
  try {
    const key = createPrivateKey({ key: content, ...(passphrase === undefined ? {} : { passphrase }) });
    const type = key.asymmetricKeyType === 'rsa' ? 'pkcs1' : 'sec1';
    return ssh2.utils.parseKey(key.export({ type, format: 'pem' }));
  } catch (error) {
    return error as Error;
  }
}

/** A public key from how it travels; undefined when ssh2 does not know its kind. */
export function parsePublic(blob: Buffer): ParsedKey | undefined {
  const parsed = ssh2.utils.parseKey(`${keyType(blob)} ${blob.toString('base64')}`);
  return parsed instanceof Error ? undefined : parsed;
}
