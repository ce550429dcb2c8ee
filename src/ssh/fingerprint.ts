import { createHash } from 'node:crypto';

/** A public key as it travels: a string with its type, then its numbers. The name OpenSSH gives it, as in ssh-keygen -l. */
export function fingerprint(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/** "ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"…; empty when it is no key. */
export function keyType(blob: Buffer): string {
  if (blob.length < 4) return '';
  return blob.subarray(4, 4 + blob.readUInt32BE(0)).toString('latin1');
}

/** Types of which a host has one key: the curves of ECDSA are one kind to OpenSSH. */
export function keyFamily(type: string): string {
  return type.replace(/^ecdsa-sha2-nistp\d+$/, 'ecdsa-sha2');
}

/** "ED25519", "ECDSA", "RSA": what people and ssh-keygen call a type. */
export function typeLabel(type: string): string {
  const family = /ed25519|ecdsa|rsa|dss/.exec(type)?.[0];
  return (family === 'dss' ? 'dsa' : (family ?? type)).toUpperCase();
}
