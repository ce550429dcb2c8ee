import { hostsOf, makeProject } from '../contenders/project.ts';
import type { Site } from '../site.ts';
import { lineCounter, slipwayLogs, sshTo } from './reading.ts';
import { atOnce, install, written } from './writing.ts';

export interface RatePlan {
  /** Lines of each host. */
  readonly lines: number;
  readonly rounds: number;
}

export interface RateFindings extends RatePlan {
  /** Of all hosts together, a second, one for each round. */
  readonly slipway: readonly number[];
  readonly ssh: readonly number[];
  /** Of slipway, at most; bytes. */
  readonly memory: number;
}

const WRITER = 'bench-rate';

/** How fast lines that are there come, by slipway and by an ssh for each host at once: in turns. */
export async function measureRate(site: Site, bundle: string, plan: RatePlan): Promise<RateFindings> {
  const writer = { name: WRITER, program: atOnce(plan.lines) };
  await install(site.hosts, writer);
  const role = { service: { systemd: WRITER } };
  const project = await makeProject(site, {
    ...{ name: WRITER, bundle, role, hosts: hostsOf(site, `/srv/${WRITER}`) },
  });
  const since = new Date().toISOString();
  await written(site.hosts, writer, plan.lines);
  const rates = { slipway: [] as number[], ssh: [] as number[] };
  let memory = 0;
  const total = plan.lines * site.hosts.length;
  for (let round = 0; round < plan.rounds; round += 1) {
    rates.ssh.push(await rateOf(total, () => viaSsh(site, plan.lines)));
    const ran = rateOf(total, async () => {
      const { onChunk, full } = lineCounter(total);
      await using reading = slipwayLogs(site, { project, flags: ['--since', since], onChunk });
      await Promise.race([full, failed(reading.ended)]);
      memory = Math.max(memory, reading.mostMemory());
    });
    rates.slipway.push(await ran);
  }
  return { ...plan, ...rates, memory };
}

async function viaSsh(site: Site, lines: number): Promise<void> {
  const command = `journalctl -q -f -n all -o json -u ${WRITER}`;
  await Promise.all(
    site.hosts.map(async ({ name }) => {
      const { onChunk, full } = lineCounter(lines);
      await using reading = sshTo(site, name, { command, onChunk });
      await Promise.race([full, failed(reading.ended)]);
    }),
  );
}

/** Lines a second. */
async function rateOf(lines: number, work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return lines / ((performance.now() - began) / 1000);
}

async function failed(ended: Promise<number | null>): Promise<never> {
  throw new Error(`What read the logs ended with ${(await ended) ?? 'a signal'} before it had all lines.`);
}
