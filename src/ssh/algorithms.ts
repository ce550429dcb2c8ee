import type { Algorithms, CipherAlgorithm, KexAlgorithm, MacAlgorithm, ServerHostKeyAlgorithm } from 'ssh2';

import { matchesPatterns } from './config/patterns.ts';

/** What the configuration allows of each kind; undefined: whatever is offered by default. */
export interface AllowedAlgorithms {
  readonly kex: readonly string[] | undefined;
  readonly hostKeys: readonly string[] | undefined;
  readonly ciphers: readonly string[] | undefined;
  readonly macs: readonly string[] | undefined;
}

export const ALL_ALLOWED: AllowedAlgorithms = {
  kex: undefined,
  hostKeys: undefined,
  ciphers: undefined,
  macs: undefined,
};

/** What ssh2 has of one kind, the best first. */
interface Repertoire<T> {
  readonly usual: readonly T[];
  /** Only for those who ask for them. */
  readonly old: readonly T[];
}

/** Group exchange comes last: its primes cost seconds of CPU where curve25519 costs milliseconds. */
const KEX: Repertoire<KexAlgorithm> = {
  usual: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group14-sha256',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
    'diffie-hellman-group-exchange-sha256',
  ],
  old: ['diffie-hellman-group14-sha1', 'diffie-hellman-group-exchange-sha1', 'diffie-hellman-group1-sha1'],
};

const HOST_KEYS: Repertoire<ServerHostKeyAlgorithm> = {
  usual: [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
    'rsa-sha2-256',
    'ssh-rsa',
  ],
  old: ['ssh-dss'],
};

const CIPHERS: Repertoire<CipherAlgorithm> = {
  usual: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'chacha20-poly1305@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
  ],
  old: ['aes256-cbc', 'aes192-cbc', 'aes128-cbc'],
};

const MACS: Repertoire<MacAlgorithm> = {
  usual: [
    'hmac-sha2-256-etm@openssh.com',
    'hmac-sha2-512-etm@openssh.com',
    'hmac-sha1-etm@openssh.com',
    'hmac-sha2-256',
    'hmac-sha2-512',
    'hmac-sha1',
  ],
  old: ['hmac-md5'],
};

/**
 * What to offer a host. The types of its known keys come first. No compression: payloads are packed before, and ssh2
 * would do it on the event loop. Ciphers and MACs are left to ssh2, which knows what this machine is fast at, unless the
 * configuration forbids some or allows older ones.
 */
export function algorithmsFor(knownTypes: readonly string[], allowed: AllowedAlgorithms = ALL_ALLOWED): Algorithms {
  const ciphers = restricted(CIPHERS, allowed.ciphers);
  const macs = restricted(MACS, allowed.macs);
  return {
    kex: restricted(KEX, allowed.kex) ?? [...KEX.usual],
    serverHostKey: hostKeyOrder(knownTypes, restricted(HOST_KEYS, allowed.hostKeys)),
    ...(ciphers === undefined ? {} : { cipher: ciphers }),
    ...(macs === undefined ? {} : { hmac: macs }),
    compress: ['none'],
  };
}

/** Undefined when the usual ones stand as they are. An empty list: ssh2 has nothing of what is allowed. */
function restricted<T extends string>({ usual, old }: Repertoire<T>, allowed: readonly string[] | undefined) {
  if (allowed === undefined) return undefined;
  const chosen = [...usual, ...old].filter((name) => allowed.includes(name));
  return chosen.length === usual.length && usual.every((name) => chosen.includes(name)) ? undefined : chosen;
}

/** An RSA key signs in three ways, so one known type stands for several algorithms. */
export function hostKeyOrder(
  knownTypes: readonly string[],
  offered: readonly ServerHostKeyAlgorithm[] = HOST_KEYS.usual,
): ServerHostKeyAlgorithm[] {
  const isKnown = (algorithm: string) => knownTypes.includes(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm);
  return [...offered.filter(isKnown), ...offered.filter((algorithm) => !isKnown(algorithm))];
}

/** A list as ssh_config(5) writes it: whole, or with `+`, `-` and `^` before what is to be added, removed, preferred. */
export function parseAlgorithms(list: string, kind: keyof AllowedAlgorithms): string[] {
  const [modifier] = /^[+^-]/.exec(list) ?? [''];
  const names = list.slice(modifier.length).split(',');
  if (modifier === '') return names;
  const usual: readonly string[] = REPERTOIRES[kind].usual;
  return modifier === '-' ? usual.filter((name) => !matchesPatterns(names, name)) : [...usual, ...names];
}

const REPERTOIRES = { kex: KEX, hostKeys: HOST_KEYS, ciphers: CIPHERS, macs: MACS } as const;
