import { quote } from '../../src/base/shell.ts';
import { leastOf } from '../../src/logs/least.ts';
import { hostsOf, makeProject } from '../contenders/project.ts';
import type { Site } from '../site.ts';
import { lineCounter, slipwayLogs, sshTo } from './reading.ts';
import { atOnce, ERRORS_EACH, install, written } from './writing.ts';

export interface SearchPlan {
  /** Lines of each host. */
  readonly lines: number;
  readonly rounds: number;
}

export interface SearchFindings extends SearchPlan {
  /** `slipway logs --since 10m --level error --no-follow`, ms, one for each round. */
  readonly slipwayMs: readonly number[];
  /** The host's own journalctl with the same filter, on all hosts at once: the slowest; ms. */
  readonly hostMs: readonly number[];
  /** Errors that slipway told of, of those that were written. */
  readonly found: number;
  readonly written: number;
}

const WRITER = 'bench-search';

/** How long it takes to find the few errors among many lines, by slipway and by the hosts themselves: in turns. */
export async function measureSearch(site: Site, bundle: string, plan: SearchPlan): Promise<SearchFindings> {
  const writer = { name: WRITER, program: atOnce(plan.lines) };
  await install(site.hosts, writer);
  const role = { service: { systemd: WRITER } };
  const project = await makeProject(site, {
    ...{ name: WRITER, bundle, role, hosts: hostsOf(site, `/srv/${WRITER}`) },
  });
  await written(site.hosts, writer, plan.lines);
  const [slipwayMs, hostMs]: [number[], number[]] = [[], []];
  let found = 0;
  for (let round = 0; round < plan.rounds; round += 1) {
    hostMs.push(await timeOf(() => onHosts(site)));
    const { onChunk, count } = lineCounter(Infinity);
    const search = async () => {
      await using reading = slipwayLogs(site, {
        ...{ project, onChunk, flags: ['--since', '10m', '--level', 'error', '--no-follow'] },
      });
      await ended(reading.ended);
    };
    slipwayMs.push(await timeOf(search));
    found = count();
  }
  const errors = 2 * Math.floor(plan.lines / ERRORS_EACH) * site.hosts.length;
  return { ...plan, slipwayMs, hostMs, found, written: errors };
}

/** As the host script does it. */
async function onHosts(site: Site): Promise<void> {
  const { priority, grep } = leastOf('error')!;
  const journalctl = `journalctl -q -o json -u ${WRITER} --since=-10min`;
  // status 1: nothing was found
  const command = `${journalctl} -p ${priority}; ${journalctl} -p ${priority + 1}..7 --grep=${quote(grep)} || [ $? = 1 ]`;
  await Promise.all(
    site.hosts.map(async ({ name }) => {
      await using reading = sshTo(site, name, { command, onChunk: () => undefined });
      await ended(reading.ended);
    }),
  );
}

async function ended(end: Promise<number | null>): Promise<void> {
  const code = await end;
  if (code !== 0) throw new Error(`What searched the logs ended with ${code ?? 'a signal'}.`);
}

async function timeOf(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
