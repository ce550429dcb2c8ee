import ssh2 from 'ssh2';
import { Bug } from '../../base/errors.ts';

const { utils } = ssh2;

/** An ed25519 key pair as OpenSSH writes it: the private key as PEM text, the public one as `ssh-ed25519 AAAA… comment`. */
export interface KeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** Makes a fresh key pair. About one in five hundred that ssh2 makes cannot be parsed again, so each is tried first. */
export function makeKeyPair(comment: string): KeyPair {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const { private: privateKey, public: publicKey } = utils.generateKeyPairSync('ed25519', { comment });
    if (!(utils.parseKey(privateKey) instanceof Error)) return { privateKey, publicKey };
  }
  throw new Bug('No usable ed25519 key came out of twenty attempts.');
}

/** The line of a known_hosts file for a host key that answers on `[127.0.0.1]:port`. */
export function knownHostsLine(port: number, publicKey: string): string {
  const [type, blob] = publicKey.split(' ');
  return `[127.0.0.1]:${port} ${type} ${blob}`;
}
