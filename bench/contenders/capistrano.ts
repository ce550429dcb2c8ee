import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { clientAddress } from '../test/hosts/network.ts';
import { waitFor } from '../test/hosts/process.ts';
import { timed } from './command.ts';
import { type Contender, freshFolder } from './contender.ts';
import type { Site } from './site.ts';

const FOLDER = '/srv/bench-capistrano';
const GIT_PORT = 9418;

const CAPFILE = `require 'capistrano/setup'
require 'capistrano/deploy'
require 'capistrano/scm/git'
install_plugin Capistrano::SCM::Git
`;

const DEPLOY = (sshConfigFile: string) => `set :application, 'bench'
set :repo_url, 'git://${clientAddress}/app'
set :branch, ENV.fetch('REVISION')
set :deploy_to, '${FOLDER}'
set :keep_releases, 5
set :ssh_options, { config: ['${sshConfigFile}'] }
`;

/** Capistrano as Debian has it, with its defaults; the hosts fetch from a git daemon on this machine. */
export async function capistrano({ hosts, folder, signal }: Site): Promise<Contender & AsyncDisposable> {
  const project = join(folder, 'capistrano');
  await mkdir(join(project, 'config/deploy'), { recursive: true });
  const servers = hosts.list.map(({ name, user }) => `server '${name}', user: '${user}', roles: %w[app]\n`);
  await writeFile(join(project, 'Capfile'), CAPFILE);
  await writeFile(join(project, 'config/deploy.rb'), DEPLOY(hosts.sshConfigFile));
  await writeFile(join(project, 'config/deploy/production.rb'), servers.join(''));
  const daemon = await startGitDaemon(folder, signal);
  return {
    name: 'Capistrano (Debian)',
    deploy: async ({ id }) => {
      const env = { ...process.env, REVISION: id };
      return (await timed(['cap', 'production', 'deploy'], { cwd: project, env, signal })).ms;
    },
    reset: () => freshFolder(hosts.list, FOLDER),
    [Symbol.asyncDispose]: () => end(daemon),
  };
}

async function startGitDaemon(folder: string, signal: AbortSignal): Promise<ChildProcess> {
  const { stdout } = await timed(['git', '--exec-path'], { signal });
  const daemon = spawn(
    join(stdout.trim(), 'git-daemon'),
    [`--listen=${clientAddress}`, `--port=${GIT_PORT}`, '--reuseaddr', '--export-all', `--base-path=${folder}`],
    { stdio: 'ignore' },
  );
  await waitFor(answers, { within: 10_000, what: 'The git daemon does not answer' }).catch(async (error: unknown) => {
    await end(daemon);
    throw error;
  });
  return daemon;
}

function answers(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(GIT_PORT, clientAddress);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill();
  await gone;
}
