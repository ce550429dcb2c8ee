import type { Host } from '../test/hosts/hosts.ts';
import type { Commit } from './app.ts';

/** A way to bring a release to all hosts. All do the same work: files only, one link switched, no restart, no health wait. */
export interface Contender {
  readonly name: string;
  /** Deploys a commit to all hosts at once; answers with the ms from the start of the program to its end. */
  deploy(commit: Commit): Promise<number>;
  /** Makes the hosts, and what is kept on this machine, as they are before a first deploy. */
  reset(): Promise<void>;
}

/** An empty folder on every host that belongs to the user who logs in. */
export async function freshFolder(hosts: readonly Host[], folder: string): Promise<void> {
  const script = `rm -rf '${folder}' && install -d -o deploy '${folder}'`;
  const outcomes = await Promise.all(hosts.map((host) => host.exec(script)));
  const failed = outcomes.find(({ code }) => code !== 0);
  if (failed) throw new Error(`${script}: ${failed.stderr}`);
}
