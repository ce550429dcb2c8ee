import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bundle } from '../../scripts/bundling.ts';
import { measureScenes, type SceneFindings, type ScenePlan, type TuiSite } from '../tui/scenes.ts';
import { measureStarts, type StartFindings } from '../tui/starts.ts';

/** What is measured of the full-screen program. It needs no host. */
export interface TuiPlan extends ScenePlan {
  /** Starts of the program. */
  readonly starts: number;
}

export interface TuiFindings extends SceneFindings {
  readonly starts: StartFindings;
}

export interface TuiOptions {
  /** The built program; what plays the scenes is bundled beside it. */
  readonly program: string;
  readonly plan: TuiPlan;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

export async function measureTui({ program, plan, signal, say }: TuiOptions): Promise<TuiFindings> {
  const played = join(dirname(program), 'tui');
  await mkdir(played);
  await bundle({ runner: join(import.meta.dirname, '../tui/played/runner.ts') }, played);
  await using folder = await makeHome();
  const site: TuiSite = { runner: join(played, 'runner.js'), cwd: folder.path, env: environment(folder.path), signal };
  say('starts of the program');
  const starts = await measureStarts(site, program, plan.starts);
  return { starts, ...(await measureScenes(site, plan, say)) };
}

/** Nothing of whoever runs the bench: no settings, no remembered stage, no colours of their terminal. */
function environment(home: string): Readonly<Record<string, string>> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_CACHE_HOME: join(home, 'cache'),
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
  };
}

async function makeHome(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'slipway-bench-tui-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
