import type { Algorithms, ServerHostKeyAlgorithm } from 'ssh2';

const HOST_KEYS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
];

/**
 * What to offer a host. The types of its known keys come first. Group exchange comes last: its primes cost seconds of
 * CPU where curve25519 costs milliseconds. No compression: payloads are packed before, and ssh2 would do it on the
 * event loop.
 */
export function algorithmsFor(knownTypes: readonly string[]): Algorithms {
  return {
    kex: [
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
    serverHostKey: hostKeyOrder(knownTypes),
    compress: ['none'],
  };
}

/** An RSA key signs in three ways, so one known type stands for several algorithms. */
export function hostKeyOrder(knownTypes: readonly string[]): ServerHostKeyAlgorithm[] {
  const isKnown = (algorithm: string) => knownTypes.includes(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm);
  return [...HOST_KEYS.filter(isKnown), ...HOST_KEYS.filter((algorithm) => !isKnown(algorithm))];
}
