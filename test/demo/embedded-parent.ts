/** A program that starts embedded hosts with a detached service on each, says what there is, and waits for its end. */
import { once } from 'node:events';
import { startEmbeddedHosts } from '../../src/demo/embedded/fleet.ts';
import { logIn, run } from './embedded-client.ts';

const fleet = await startEmbeddedHosts(['fra-1', 'fra-2']);
const pids: number[] = [];
for (const host of fleet.hosts) {
  const client = await logIn(host);
  const { stdout } = await run(client, 'setsid sleep 1000 >/dev/null 2>&1 </dev/null & echo $!');
  pids.push(Number(stdout));
}
process.stdout.write(`${JSON.stringify({ folder: fleet.folder, pids })}\n`);
await once(process.stdin, 'data');
throw new Error('a defect that nobody caught');
