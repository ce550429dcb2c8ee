import { tidied } from '../measuring/at-rest.ts';
import type { Host } from '../../test/hosts/hosts.ts';
import type { Commit } from '../app/app.ts';

/**
 * A way to bring releases to all hosts at once. All do the same work: files only, one link switched, no restart, no health
 * wait.
 */
export interface Contender extends AsyncDisposable {
  readonly title: string;
  /** What it is to slipway: itself, something that only copies and switches, a deploy tool. */
  readonly kind: 'slipway' | 'copy' | 'tool';
  /** The link on the hosts that it switches. */
  readonly current: string;
  /** Makes the hosts, and what is kept on this machine, as they are before a first deploy. */
  reset(): Promise<void>;
  /** What has to be there before the clock starts; the work tree is on the commit. */
  prepare?(commit: Commit): Promise<void>;
  /** The work that is measured, from the start of its first program to the end of its last. */
  deploy(commit: Commit): Promise<void>;
  rollback(): Promise<void>;
  /** Clears up when the clock has stopped, after a failure too. */
  after?(): Promise<void>;
}

/** An empty folder on every host that belongs to the user who logs in. */
export async function freshFolder(hosts: readonly Host[], folder: string): Promise<void> {
  const script = ({ user }: Host) => `rm -rf '${folder}' && install -d -o ${user} '${folder}'`;
  // nothing may be made there while it is removed
  await tidied();
  await Promise.all(hosts.map((host) => execOn(host, script(host))));
}

/** Throws unless every host has the files of the commit, each with its content. */
export async function checkRelease(hosts: readonly Host[], current: string, { files }: Commit): Promise<void> {
  const input = [...files].map(([path, hash]) => `${hash}  ${path}\n`).join('');
  await Promise.all(hosts.map((host) => execOn(host, `cd '${current}/' && sha256sum --quiet --check -`, input)));
}

async function execOn(host: Host, script: string, input = ''): Promise<void> {
  const { code, stdout, stderr } = await host.exec(script, { input });
  if (code !== 0) throw new Error(`${host.name}: ${script}: ${`${stdout}\n${stderr}`.trim().slice(0, 1000)}`);
}
