import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ECHO, type KeyFindings, LINES_PER_SECOND, measureCursor, measureEcho, measureHelp } from './keys.ts';
import { newestTick, see, seeFleet, startRollout } from './landmarks.ts';
import type { MemorySample } from './played/half-an-hour.ts';
import { Program } from './program.ts';
import { type Size, SIZES } from './screen.ts';
import { beginSpell, type Spell } from './spell.ts';

/** What the programs in ptys share. */
export interface TuiSite {
  /** The bundled program that plays the scenes. */
  readonly runner: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface ScenePlan {
  readonly keys: number;
  readonly idleMs: number;
  readonly busyMs: number;
  /** On which screens half an hour of a rollout is played, which takes a minute. */
  readonly memory: readonly Size[];
}

/** One scene on a screen of one size. A scene that cannot be played is a finding as well. */
export type SceneResult<T> = { readonly size: Size } & (
  | { readonly type: 'done'; readonly found: T; readonly frames: number; readonly overflow: string | undefined }
  | { readonly type: 'failed'; readonly reason: string }
);

export interface SceneFindings {
  /** The fleet, and nobody does anything. */
  readonly idle: readonly SceneResult<Spell>[];
  /** `cat` instead of the program. */
  readonly echo: readonly SceneResult<KeyFindings>[];
  readonly cursor: readonly SceneResult<KeyFindings>[];
  readonly help: readonly SceneResult<KeyFindings | undefined>[];
  readonly busy: readonly SceneResult<Spell>[];
  readonly memory: readonly SceneResult<readonly MemorySample[]>[];
}

/** Lines that bots of some use write. */
const CALM_LINES_PER_SECOND = 20;
const SETTLE_MS = 3000;

export async function measureScenes(
  site: TuiSite,
  plan: ScenePlan,
  say: (line: string) => void,
): Promise<SceneFindings> {
  const report = join(site.cwd, 'memory.json');
  const node = (...args: readonly string[]) => [process.execPath, ...args];
  const flood = node(site.runner, String(LINES_PER_SECOND));
  const calm = node(site.runner, String(CALM_LINES_PER_SECOND));
  const halfAnHour = node('--expose-gc', site.runner, 'half-an-hour', report);
  const scene = <T>(title: string, scene: Omit<Scene<T>, 'title'>) => playAll(site, { title, ...scene }, say);
  return {
    idle: await scene('nothing happens', { argv: calm, measure: (program) => idle(program, plan.idleMs) }),
    echo: await scene('keys to cat', {
      ...{ argv: ECHO, sizes: SIZES.slice(0, 1) },
      measure: (program) => measureEcho(program, plan.keys),
    }),
    cursor: await scene('keys while lines come in', {
      argv: flood,
      measure: (program) => measureCursor(program, plan.keys),
    }),
    help: await scene('keys over the logs', { argv: flood, measure: (program) => measureHelp(program, plan.keys) }),
    busy: await scene('a rollout of fifty instances', {
      argv: calm,
      measure: (program) => busy(program, plan.busyMs),
    }),
    memory: await scene('half an hour of it', {
      ...{ argv: halfAnHour, sizes: plan.memory },
      measure: (program) => memory(program, report),
    }),
  };
}

async function idle(program: Program, ms: number): Promise<Spell> {
  await seeFleet(program);
  return settledSpell(program, ms);
}

async function busy(program: Program, ms: number): Promise<Spell> {
  await startRollout(program);
  await see(program, 'a log', (screen) => newestTick(screen) !== undefined);
  return settledSpell(program, ms);
}

async function settledSpell(program: Program, ms: number): Promise<Spell> {
  await program.goOn(SETTLE_MS);
  const end = beginSpell(program);
  await program.goOn(ms);
  return end();
}

async function memory(program: Program, report: string): Promise<readonly MemorySample[]> {
  await startRollout(program);
  await program.ended;
  try {
    return JSON.parse(await readFile(report, 'utf8')) as readonly MemorySample[];
  } catch {
    throw new Error(`It ended early:\n${program.text}`);
  }
}

interface Scene<T> {
  readonly title: string;
  readonly argv: readonly string[];
  readonly sizes?: readonly Size[];
  readonly measure: (program: Program) => Promise<T>;
}

async function playAll<T>(
  { cwd, env, signal }: TuiSite,
  { title, argv, measure, sizes = SIZES }: Scene<T>,
  say: (line: string) => void,
): Promise<readonly SceneResult<T>[]> {
  const results: SceneResult<T>[] = [];
  for (const size of sizes) {
    say(`${title}, ${size.columns}x${size.rows}`);
    await using program = new Program(argv, { size, cwd, env, signal });
    try {
      const found = await measure(program);
      const { frames, overflow } = program.screen;
      results.push({ type: 'done', size, found, frames, overflow });
    } catch (error) {
      signal.throwIfAborted();
      results.push({ type: 'failed', size, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return results;
}
