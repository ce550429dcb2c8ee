import { readFileSync, writeFileSync } from 'node:fs';
import { clientKeyFile, knownHostsFile, sshConfigFile } from './places.ts';
import { must } from './process.ts';
import { hostKeys, user } from './seed.ts';
import type { HostRecord } from './state.ts';

/** Makes the key pair the client logs in with; returns the public half. */
export async function makeClientKey(): Promise<string> {
  await must(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'slipway-test', '-f', clientKeyFile]);
  return readFileSync(`${clientKeyFile}.pub`, 'utf8');
}

/** Writes known_hosts and an ssh_config, so that `ssh -F …/ssh_config fra-1` works at once. */
export function writeSshFiles(records: readonly HostRecord[]): void {
  const known = records.flatMap(({ name, address }) => hostKeys(name).map((key) => `${name},${address} ${key}`));
  writeFileSync(knownHostsFile, `${known.join('\n')}\n`);
  const hosts = records.map(({ name, address }) => `Host ${name} ${address}\n  HostName ${address}\n`);
  const rules = [
    `User ${user}`,
    `IdentityFile ${clientKeyFile}`,
    'IdentitiesOnly yes',
    `UserKnownHostsFile ${knownHostsFile}`,
    'StrictHostKeyChecking yes',
    'BatchMode yes',
  ];
  writeFileSync(sshConfigFile, `${hosts.join('')}Host *\n${rules.map((rule) => `  ${rule}\n`).join('')}`);
}
