import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run, type Site } from '../site.ts';
import { type Contender, freshFolder } from './contender.ts';
import { closeMasters } from './rsync.ts';

const FOLDER = '/srv/bench-ansible';

const DEPLOY = ({ app }: Site) => `- hosts: all
  gather_facts: false
  tasks:
    - name: Name the release
      community.general.deploy_helper:
        path: ${FOLDER}
    - name: Upload it
      ansible.posix.synchronize:
        src: ${app.repository}/
        dest: "{{ deploy_helper.new_release_path }}/"
        delete: true
        use_ssh_args: true
        rsync_opts: ["--exclude=/.git"]
        link_dest: "{{ [deploy_helper.previous_release_path] if deploy_helper.previous_release_path else omit }}"
    - name: Switch the link and remove old releases
      community.general.deploy_helper:
        path: ${FOLDER}
        release: "{{ deploy_helper.new_release }}"
        state: finalize
`;

const ROLLBACK = `- hosts: all
  gather_facts: false
  tasks:
    - name: List the releases
      ansible.builtin.command: ls ${FOLDER}/releases
      register: releases
      changed_when: false
    - name: Switch the link to the one before the last
      ansible.builtin.file:
        src: ${FOLDER}/releases/{{ releases.stdout_lines[-2] }}
        dest: ${FOLDER}/current
        state: link
`;

/** All hosts at once, pipelining, and one connection for its modules and for rsync: as fast as its manual knows to make it. */
const SETTINGS = (site: Site, sockets: string) => `[defaults]
inventory = hosts.ini
forks = 50
[ssh_connection]
pipelining = True
ssh_args = -F ${site.sshConfigFile} -o ControlMaster=auto -o ControlPersist=60s -o ControlPath=${sockets}/%n
`;

/** A playbook of the usual deploy: rsync to a new release with hard links to the one before, then the link. */
export async function ansible(site: Site): Promise<Contender> {
  const project = join(site.folder, 'ansible');
  const sockets = join(project, 'sockets');
  await mkdir(sockets, { recursive: true });
  const hosts = site.hosts.map(({ name }) => `${name} ansible_python_interpreter=/usr/bin/python3\n`);
  await writeFile(join(project, 'hosts.ini'), hosts.join(''));
  await writeFile(join(project, 'ansible.cfg'), SETTINGS(site, sockets));
  await writeFile(join(project, 'deploy.yml'), DEPLOY(site));
  await writeFile(join(project, 'rollback.yml'), ROLLBACK);
  const env = { ...process.env, ANSIBLE_HOME: join(project, 'home'), LC_ALL: 'C.UTF-8' };
  const play = async (book: string) => {
    await run(site, ['ansible-playbook', book], { cwd: project, env });
  };
  return {
    title: 'Ansible',
    kind: 'tool',
    current: `${FOLDER}/current`,
    reset: () => freshFolder(site.hosts, FOLDER),
    deploy: () => play('deploy.yml'),
    rollback: () => play('rollback.yml'),
    after: () => closeMasters(sockets),
    [Symbol.asyncDispose]: () => closeMasters(sockets),
  };
}
