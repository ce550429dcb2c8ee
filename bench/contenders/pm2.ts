import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from '../measuring/command.ts';
import { run, type Site } from '../site.ts';
import { type Contender, freshFolder } from './contender.ts';
import { urlOf } from './git-daemon.ts';
import { environmentIn } from './npm-tools.ts';

const FOLDER = '/srv/bench-pm2';
/** It names a log in /tmp after the user. */
const USER = 'slipway-bench';

/** `pm2 deploy` from npm. The hosts, one after the other, fetch from a git daemon on this machine; shallow, its fast way. */
export async function pm2(site: Site, modules: string): Promise<Contender> {
  const project = join(site.folder, 'pm2');
  const env = { ...(await environmentIn(project, site)), PM2_HOME: join(project, 'home'), USER };
  const production = {
    user: site.hosts[0]!.user,
    host: site.hosts.map(({ name }) => name),
    ref: 'origin/main',
    repo: urlOf(site.app.repository),
    path: FOLDER,
    fetch: 'fast',
    // without one it would start the app
    'post-deploy': 'true',
  };
  await writeFile(join(project, 'ecosystem.json'), JSON.stringify({ apps: [], deploy: { production } }));
  const program = [process.execPath, join(modules, 'pm2/bin/pm2')];
  const pm2 = async (...words: readonly string[]) => {
    await run(site, [...program, 'deploy', 'ecosystem.json', 'production', ...words], { cwd: project, env });
  };
  let isSetUp = false;
  return {
    title: 'pm2 deploy',
    kind: 'tool',
    current: `${FOLDER}/current`,
    reset: async () => {
      isSetUp = false;
      await freshFolder(site.hosts, FOLDER);
    },
    deploy: async () => {
      if (!isSetUp) await pm2('setup');
      isSetUp = true;
      // --force: no look at the state of the local repository
      await pm2('--force');
    },
    rollback: () => pm2('revert', '1'),
    [Symbol.asyncDispose]: async () => {
      // it starts a daemon, whatever it is asked for
      await command([...program, 'kill'], { env, signal: AbortSignal.timeout(30_000) }).catch(() => undefined);
      await rm(`/tmp/pm2-deploy-${USER}.log`, { force: true });
    },
  };
}
