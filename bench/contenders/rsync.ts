import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from '../measuring/command.ts';
import { run, type Site } from '../site.ts';
import { type Contender, freshFolder } from './contender.ts';

/** The yardstick: `ssh HOST true` on all hosts at once. */
export async function sshTrue(site: Site): Promise<void> {
  await Promise.all(site.hosts.map(({ name }) => run(site, ['ssh', '-F', site.sshConfigFile, name, 'true'])));
}

const TITLES = {
  'times kept': 'rsync --link-dest at its best',
  'fresh checkout': 'rsync --link-dest, fresh checkout',
} as const;

/**
 * rsync with one connection a host for all steps and hard links to the release before. At its best the times of files
 * survive between releases, so that files that did not change are recognised without being read; after a fresh checkout,
 * as in CI, all of them are new.
 */
export async function rsync(site: Site, times: keyof typeof TITLES): Promise<Contender> {
  const id = times === 'times kept' ? 'rsync' : 'rsync-fresh';
  const [sockets, checkout, remote] = [join(site.folder, id), join(site.folder, `${id}-app`), `/srv/bench-${id}`];
  const source = times === 'times kept' ? site.app.repository : checkout;
  let releases: readonly string[] = [];
  const link = (release: string) =>
    `ln -s releases/${release} ${remote}/.new && mv -T ${remote}/.new ${remote}/current`;
  const connection = ['-F', site.sshConfigFile, '-o', 'ControlMaster=auto', '-o', `ControlPath=${sockets}/%n`];
  const ssh = ['ssh', ...connection, '-o', 'ControlPersist=60'];
  const onAll = (work: (host: string) => Promise<unknown>) => Promise.all(site.hosts.map(({ name }) => work(name)));
  await mkdir(sockets, { recursive: true });
  return {
    title: TITLES[times],
    kind: 'copy',
    current: `${remote}/current`,
    reset: async () => {
      releases = [];
      await freshFolder(site.hosts, remote);
    },
    prepare: async () => {
      if (source !== checkout) return;
      await rm(checkout, { recursive: true, force: true });
      await command(['git', 'clone', '--quiet', '--shared', site.app.repository, checkout], site);
    },
    deploy: async () => {
      const release = randomUUID();
      const links = releases.slice(-1).map((before) => `--link-dest=../${before}`);
      const options = ['-az', '--delete', '--exclude=/.git', '--mkpath', ...links, '-e', ssh.join(' ')];
      await onAll(async (host) => {
        await run(site, ['rsync', ...options, `${source}/`, `${host}:${remote}/releases/${release}/`]);
        await run(site, [...ssh, host, link(release)]);
      });
      releases = [...releases, release];
    },
    rollback: async () => {
      releases = releases.slice(0, -1);
      await onAll((host) => run(site, ['ssh', '-F', site.sshConfigFile, host, link(releases.at(-1)!)]));
    },
    after: () => closeMasters(sockets),
    [Symbol.asyncDispose]: () => closeMasters(sockets),
  };
}

/** Ends the connections that OpenSSH keeps open for later: every deploy begins with none. */
export async function closeMasters(sockets: string): Promise<void> {
  const exit = (socket: string) =>
    command(['ssh', '-o', `ControlPath=${join(sockets, socket)}`, '-O', 'exit', 'any'], {
      // also when the bench was interrupted
      signal: AbortSignal.timeout(5000),
    }).catch(() => undefined);
  await Promise.all((await readdir(sockets)).map(exit));
}
