import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postGuard } from './guard.ts';
import { type EmbeddedHost, type EmbeddedHostOptions, makeFolder, newMark, startEmbeddedHost } from './host.ts';
import { makeKeyPair } from './keys.ts';
import { layTools } from './tools.ts';

/** Several embedded hosts that let the same key in, and what an SSH client needs to reach them by name. */
export interface EmbeddedFleet {
  readonly hosts: readonly EmbeddedHost[];
  /** A private folder that holds everything below, and the hosts. Gone after `close`. */
  readonly folder: string;
  /** For `ssh -F configFile NAME`, with one `Host` for each name. */
  readonly configFile: string;
  readonly knownHostsFile: string;
  readonly identityFile: string;
  close(): Promise<void>;
}

export type FleetOptions = Pick<EmbeddedHostOptions, 'delayMs' | 'root' | 'tools'>;

/** Starts one host for each name, with one new client key for all. */
export async function startEmbeddedHosts(names: readonly string[], options: FleetOptions = {}): Promise<EmbeddedFleet> {
  const folder = makeFolder(options.root ?? tmpdir(), 'slipway-hosts-');
  const mark = newMark();
  const guard = postGuard(`${mark}/`, [folder]);
  const clientKey = makeKeyPair('slipway-embedded');
  const path = layTools(folder, options.tools);
  const { delayMs = 0 } = options;
  const start = (name: string) =>
    startEmbeddedHost({ name, root: folder, clientKey, path, delayMs, mark: `${mark}/${name}/` });
  const starts = await Promise.allSettled(names.map(start));
  const hosts = starts.flatMap((started) => (started.status === 'fulfilled' ? [started.value] : []));
  const close = async () => {
    await Promise.all(hosts.map((host) => host.close()));
    await guard.release();
  };
  const failed = starts.find((started) => started.status === 'rejected');
  if (failed !== undefined) {
    await close();
    throw failed.reason;
  }
  return { hosts, folder, ...writeClientFiles(folder, hosts), close };
}

function writeClientFiles(folder: string, hosts: readonly EmbeddedHost[]) {
  const files = {
    configFile: join(folder, 'ssh_config'),
    knownHostsFile: join(folder, 'known_hosts'),
    identityFile: join(folder, 'id_ed25519'),
  };
  const entry = (host: EmbeddedHost) => [
    `Host ${host.name}`,
    `  HostName ${host.address}`,
    `  Port ${host.port}`,
    `  User ${host.user}`,
    `  IdentityFile "${files.identityFile}"`,
    `  UserKnownHostsFile "${files.knownHostsFile}"`,
    '  IdentitiesOnly yes',
    '',
  ];
  const lines = (texts: readonly string[]) => texts.map((text) => `${text}\n`).join('');
  const write = (path: string, text: string) => writeFileSync(path, text, { mode: 0o600 });
  write(files.configFile, lines(hosts.flatMap(entry)));
  write(files.knownHostsFile, lines(hosts.map((host) => host.hostKeyLine)));
  write(files.identityFile, hosts[0]?.clientKey.privateKey ?? '');
  return files;
}
