import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { timed } from './command.ts';
import { type Contender, freshFolder } from './contender.ts';
import type { Site } from './site.ts';

/** The yardstick: `ssh HOST true` on all hosts at once, ms. */
export async function sshTrue({ hosts, signal }: Site): Promise<number> {
  const began = performance.now();
  await Promise.all(hosts.list.map(({ name }) => timed(['ssh', '-F', hosts.sshConfigFile, name, 'true'], { signal })));
  return performance.now() - began;
}

const FOLDER = '/srv/bench-rsync';

/**
 * rsync at its best: one connection a host for all steps, hard links to the release before, and times of files that survive
 * between releases, so that files that did not change are recognised without being read.
 */
export function rsync({ hosts, app, folder, signal }: Site): Contender {
  let previous: string | undefined;
  const deployTo = async (host: string, release: string) => {
    const ssh = ['ssh', '-F', hosts.sshConfigFile, '-o', 'ControlMaster=auto', '-o', `ControlPath=${folder}/%n`];
    const shared = [...ssh, '-o', 'ControlPersist=60'];
    const links = previous === undefined ? [] : [`--link-dest=../${previous}`];
    const target = `${host}:${FOLDER}/releases/${release}/`;
    const from = `${app.repository}/`;
    try {
      await timed(
        ['rsync', '-az', '--delete', '--exclude=/.git', '--mkpath', ...links, '-e', shared.join(' '), from, target],
        { signal },
      );
      const link = `ln -s releases/${release} ${FOLDER}/.new && mv -T ${FOLDER}/.new ${FOLDER}/current`;
      await timed([...ssh, host, link], { signal });
    } finally {
      // also when the bench was interrupted
      await timed([...ssh, '-O', 'exit', host], { signal: AbortSignal.timeout(5000) }).catch(() => undefined);
    }
  };
  return {
    name: 'rsync --link-dest at its best',
    deploy: async () => {
      const release = randomUUID();
      const began = performance.now();
      await Promise.all(hosts.list.map(({ name }) => deployTo(name, release)));
      previous = release;
      return performance.now() - began;
    },
    reset: async () => {
      previous = undefined;
      await freshFolder(hosts.list, FOLDER);
      if ((await readdir(folder)).some((name) => name.startsWith('fra-')))
        throw new Error('A connection is left over.');
    },
  };
}
