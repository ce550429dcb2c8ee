import { demoMode, runDemo } from '../../demo/demo.ts';
import type { Scene } from '../../demo/scene.ts';
import { shellOut } from '../shell-out.ts';
import { type CliContext, type GlobalOptions, askedTheme, contextOf } from '../context.ts';
import { memoryPrefs } from '../../prefs/prefs.ts';
import { runRollout } from '../run-rollout.ts';
import { voiceOf } from '../voice.ts';
import { showStatus } from './status.ts';

export interface DemoFlags extends Pick<GlobalOptions, 'theme' | 'color'> {
  readonly plain?: boolean;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Three embedded hosts and the greeter: on a terminal to play with, else (or with --plain) a story as text. It is told in
 * sentences where the environment asks for them: --plain alone means no full screen, as it always has.
 */
export async function demo(world: CliContext, flags: DemoFlags): Promise<number> {
  const context = contextOf(world, voiceOf([], world.env));
  const isPlain = flags.plain === true || context.voice === 'sentences';
  if (demoMode(isPlain ? 'plain' : 'any', context) === 'screen') {
    // the full-screen program answers signals by itself
    return runDemo({ streams: context, mode: 'screen', openScreen: (scene) => openScreen(context, scene, flags) });
  }
  const ended = new AbortController();
  const end = () => ended.abort();
  SIGNALS.forEach((signal) => process.on(signal, end));
  try {
    return await runDemo({
      streams: context,
      signal: ended.signal,
      mode: 'story',
      tools: (scene) => storyTools(context, scene),
    });
  } finally {
    SIGNALS.forEach((signal) => process.off(signal, end));
  }
}

/** The commands themselves, on the scene's stage; nobody is asked anything. */
function storyTools(context: CliContext, scene: Scene) {
  const session = scene.open(scene.stage, 'end');
  const unattended: CliContext = {
    ...context,
    stdin: Object.create(context.stdin, { isTTY: { value: false } }) as CliContext['stdin'],
  };
  const flags = { yes: true, onInterrupt: 'leave' } as const;
  return {
    deploy: (ref: string) =>
      runRollout(unattended, session, { plan: (signal) => session.planDeploy({ ref, signal }), flags }),
    rollback: (to?: string) =>
      runRollout(unattended, session, {
        plan: (signal) => session.planRollback({ ...(to === undefined ? {} : { to }), signal }),
        flags,
      }),
    status: () => showStatus(unattended, session, {}),
    close: () => session.close(),
  };
}

async function openScreen(context: CliContext, scene: Scene, flags: DemoFlags): Promise<number> {
  const { startTui } = await import('../../tui/index.ts');
  return startTui({
    sessions: scene.stages.map((settings) => ({
      stage: settings.stage,
      protected: settings.protected,
      open: () => Promise.resolve(scene.open(settings.stage, 'wait')),
      shell: (where) => shellOut({ settings, ...where, specOf: (host) => Promise.resolve(scene.specOf(host.name)) }),
    })),
    initialStage: scene.stage,
    streams: context,
    clock: context.clock,
    env: context.env,
    signals: process,
    // it leaves nothing on this machine, and is the same for everybody
    prefs: memoryPrefs(),
    ...askedTheme(flags),
  });
}
