import { startEmbeddedHosts } from '../../src/demo/embedded/fleet.ts';

/**
 * `embedded-hosts.ts COUNT FOLDER`: that many hosts in a process of their own, so that what the client uses can be told from
 * what they use. Writes one line of JSON when they are up; ends when its input does.
 */
const [count = '', root = ''] = process.argv.slice(2);
const names = Array.from({ length: Number(count) }, (_, index) => `host-${index + 1}`);

const fleet = await startEmbeddedHosts(names, { root });
const hosts = fleet.hosts.map(({ name, home }) => ({ name, home }));
const up: EmbeddedHosts = { configFile: fleet.configFile, hosts };
process.stdout.write(`${JSON.stringify(up)}\n`);
process.stdin.resume().once('end', () => void fleet.close());

/** What is told of the hosts. */
export interface EmbeddedHosts {
  /** For `ssh -F`. */
  readonly configFile: string;
  readonly hosts: readonly { readonly name: string; readonly home: string }[];
}
