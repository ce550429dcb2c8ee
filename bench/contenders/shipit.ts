import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run, type Site } from '../site.ts';
import { type Contender, freshFolder } from './contender.ts';
import { environmentIn } from './npm-tools.ts';

const FOLDER = '/srv/bench-shipit';

const SHIPITFILE = ({ app, hosts }: Site, modules: string) => `module.exports = (shipit) => {
  require('${modules}/shipit-deploy')(shipit);
  shipit.initConfig({
    default: {
      deployTo: '${FOLDER}',
      repositoryUrl: 'file://${app.repository}',
      branch: 'main',
      shallowClone: true,
      ignores: ['.git'],
      keepReleases: 5,
    },
    production: { servers: ${JSON.stringify(hosts.map(({ name, user }) => `${user}@${name}`))} },
  });
};
`;

/** Shipit from npm with shipit-deploy and its defaults: a shallow clone on this machine, copied to the hosts by rsync. */
export async function shipit(site: Site, modules: string): Promise<Contender> {
  const project = join(site.folder, 'shipit');
  const env = await environmentIn(project, site);
  await writeFile(join(project, 'shipitfile.js'), SHIPITFILE(site, modules));
  const program = [process.execPath, join(modules, 'shipit-cli/bin/shipit')];
  const task = async (name: string) => {
    await run(site, [...program, 'production', name], { cwd: project, env });
  };
  return {
    title: 'Shipit',
    kind: 'tool',
    current: `${FOLDER}/current`,
    reset: () => freshFolder(site.hosts, FOLDER),
    deploy: () => task('deploy'),
    rollback: () => task('rollback'),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
