import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run, type Site } from '../site.ts';
import { type Contender, freshFolder } from './contender.ts';
import { urlOf } from './git-daemon.ts';

const FOLDER = '/srv/bench-capistrano';

const CAPFILE = `require 'capistrano/setup'
require 'capistrano/deploy'
require 'capistrano/scm/git'
install_plugin Capistrano::SCM::Git
`;

const DEPLOY = ({ app, sshConfigFile }: Site) => `set :application, 'bench'
set :repo_url, '${urlOf(app.repository)}'
set :branch, 'main'
set :deploy_to, '${FOLDER}'
set :keep_releases, 5
set :ssh_options, { config: ['${sshConfigFile}'] }
`;

/** Capistrano as Debian has it, with its defaults; the hosts fetch from a git daemon on this machine. */
export async function capistrano(site: Site): Promise<Contender> {
  const project = join(site.folder, 'capistrano');
  await mkdir(join(project, 'config/deploy'), { recursive: true });
  const servers = site.hosts.map(({ name, user }) => `server '${name}', user: '${user}', roles: %w[app]\n`);
  await writeFile(join(project, 'Capfile'), CAPFILE);
  await writeFile(join(project, 'config/deploy.rb'), DEPLOY(site));
  await writeFile(join(project, 'config/deploy/production.rb'), servers.join(''));
  const cap = async (task: string) => {
    await run(site, ['cap', 'production', task], { cwd: project });
  };
  return {
    title: 'Capistrano',
    kind: 'tool',
    current: `${FOLDER}/current`,
    reset: () => freshFolder(site.hosts, FOLDER),
    deploy: () => cap('deploy'),
    rollback: () => cap('deploy:rollback'),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
