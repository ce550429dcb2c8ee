import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cpuMs } from './cpu.ts';
import { isWhole, KEYS } from './landmarks.ts';
import { Program } from './program.ts';
import type { TuiSite } from './scenes.ts';
import { SIZES } from './screen.ts';

/** From the start of a process, ms. */
export interface StartFindings {
  /** `node -e 0`, until it has ended. */
  readonly bare: readonly number[];
  /** Until the first whole frame is on the screen. */
  readonly firstFrame: readonly FirstFrame[];
  /** Until the first byte comes, by what is typed behind `slipway`. */
  readonly firstByte: ReadonlyMap<string, readonly number[]>;
}

export interface FirstFrame {
  readonly ms: number;
  /** What the process has used by then: also tells something where others want the processor, too. */
  readonly cpuMs: number;
}

/** Plain commands that answer by themselves; the second without a hosts.json. */
const COMMANDS = ['--help', 'status', 'deploy --help'];
const PATIENCE_MS = 15_000;

/** How soon the built program is there. All take turns; what the first round compiles is kept, so it does not count. */
export async function measureStarts(site: TuiSite, bundle: string, rounds: number): Promise<StartFindings> {
  const project = join(site.cwd, 'project');
  await mkdir(project);
  await writeFile(join(project, 'hosts.json'), JSON.stringify(HOSTS_JSON));
  const bare: number[] = [];
  const firstFrame: FirstFrame[] = [];
  const firstByte = new Map(COMMANDS.map((words) => [words, [] as number[]]));
  for (let round = 0; round <= rounds; round += 1) {
    bare.push(await untilEnd(site));
    firstFrame.push(await untilFrame({ ...site, cwd: project }, bundle));
    for (const [words, all] of firstByte) all.push(await untilByte(site, [bundle, ...words.split(' ')]));
  }
  for (const all of [bare, firstFrame, ...firstByte.values()]) all.shift();
  return { bare, firstFrame, firstByte };
}

/** Nobody listens there: the hosts are refused at once. */
const HOSTS_JSON = {
  app: 'greeter',
  deployTo: '/srv/greeter',
  source: { dir: '.' },
  roles: { bot: { service: { systemd: 'greeter@{instance}' } } },
  stages: {
    staging: {
      hosts: [1, 2, 3].map((number) => ({
        ...{ name: `host-${number}`, address: `deploy@127.0.0.1:${number}`, roles: { bot: 2 } },
      })),
    },
  },
};

async function untilFrame(site: TuiSite, bundle: string): Promise<FirstFrame> {
  await using program = new Program([process.execPath, bundle], { ...site, size: SIZES[0]! });
  const at = await program.seen(isWhole, PATIENCE_MS);
  if (at === undefined) throw new Error(`The first frame never came:\n${program.text}`);
  const start = { ms: at - program.startedAt, cpuMs: cpuMs(program.pid) };
  program.press(KEYS.quit);
  // what it compiled is written as it ends
  await Promise.race([program.ended, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS).unref())]);
  return start;
}

async function untilByte({ cwd, env, signal }: TuiSite, args: readonly string[]): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, args, { cwd, env, signal, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  const first = once(child.stdout, 'data').catch(() => undefined);
  await Promise.race([first, once(child.stderr, 'data'), ended]);
  const ms = performance.now() - began;
  await ended;
  return ms;
}

async function untilEnd({ env, signal }: TuiSite): Promise<number> {
  const began = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { env, signal, stdio: 'ignore' }), 'exit');
  return performance.now() - began;
}
