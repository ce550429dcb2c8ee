import { join } from 'node:path';

/** Where the test hosts keep their things. Everything they own can be found by these names alone. */

/** What is true of this run: keys, known hosts, processes. Gone with `down`. */
export const stateDir = '/run/slipway-test';
/** Built once, kept: base images and the wire program. */
export const cacheDir = '/var/cache/slipway-test';
/** The hosts' own disks: what differs from the base image. Gone with `down`. */
export const disksDir = '/var/lib/slipway-test';

export const runFile = join(stateDir, 'run.json');
export const lockFile = '/run/slipway-test.lock';
export const clientKeyFile = join(stateDir, 'id_ed25519');
export const knownHostsFile = join(stateDir, 'known_hosts');
export const sshConfigFile = join(stateDir, 'ssh_config');

/** Prefix of every bridge, interface, network namespace and machine of ours. */
export const prefix = 'slip-';
export const bridge = `${prefix}br0`;
/** Name of the parent control group in every hierarchy we use. */
export const cgroupName = 'slipway-test';

export const recordsDir = join(stateDir, 'hosts');
export const recordFile = (host: string): string => join(recordsDir, `${host}.json`);
export const consoleFile = (host: string): string => join(stateDir, `${host}.console.log`);
export const wireSettingsFile = (host: string): string => join(stateDir, `${host}.wire`);
export const diskOf = (host: string): { upper: string; work: string; root: string } => ({
  upper: join(disksDir, host, 'upper'),
  work: join(disksDir, host, 'work'),
  root: join(disksDir, host, 'root'),
});
export const linkOf = (host: string): string => prefix + host;
export const netnsFile = (host: string): string => join('/run/netns', prefix + host);
