import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { attachHosts } from '../hosts/hosts.ts';
import { makeSite, STAGE } from './support/site.ts';

test('an unknown host key is refused with its fingerprint, added when that is asked for, and a changed one refused always', async () => {
  const { sshConfigFile } = attachHosts();
  await using site = await makeSite({ app: 'keys', port: 6500, hosts: { 'fra-1': 1 }, role: {} });
  const { dir } = site.project;
  const host = site.hosts[0]!;
  const knownHosts = join(dir, 'known_hosts');
  const config = await readFile(sshConfigFile, 'utf8');
  await writeFile(join(dir, 'ssh_config'), config.replaceAll(host.knownHostsFile, knownHosts));
  await using stranger = await makeSite({
    app: 'keys2',
    port: 6501,
    hosts: { 'fra-1': 1 },
    role: {},
    env: { SLIPWAY_SSH_CONFIG: join(dir, 'ssh_config') },
  });
  await writeFile(knownHosts, '');
  await stranger.project.commit();

  const unknown = await stranger.deploy();
  expect(unknown.code, unknown.output).toBe(3);
  expect(unknown.lines('error')[0]?.code).toBe('SLIP_HOST_KEY_UNKNOWN');
  const shown = await host.exec('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub');
  expect(unknown.output).toContain(shown.stdout.split(' ')[1]);
  expect(await readFile(knownHosts, 'utf8')).toBe('');

  const added = await stranger.deploy('--accept-new-host-keys');
  expect(added.code, added.output).toBe(0);
  expect(await readFile(knownHosts, 'utf8')).toMatch(/^198\.18\.0\.11 ssh-ed25519 /);
  expect((await stranger.slipway('status', STAGE)).code).toBe(0);

  // another host's key under this host's name
  const other = (await attachHosts().host('fra-2').exec('cat /etc/ssh/ssh_host_ed25519_key.pub')).stdout;
  await copyFile(knownHosts, `${knownHosts}.good`);
  await writeFile(knownHosts, `${host.address} ${other}`);
  const changed = await stranger.deploy('--restart', '--accept-new-host-keys');
  expect(changed.code, changed.output).toBe(3);
  expect(changed.lines('error')[0]?.code).toBe('SLIP_HOST_KEY_CHANGED');
  expect(changed.output).toContain('ssh-keygen -R');
  expect(await readFile(knownHosts, 'utf8')).toBe(`${host.address} ${other}`);
});
