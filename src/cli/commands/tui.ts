import { resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { loadAll, loadSettings } from '../../config/load.ts';
import { type CliContext, type GlobalOptions, askedTheme, isInteractive, warn } from '../context.ts';
import { shellOut, specIn } from '../shell-out.ts';
import { UserError } from '../../base/errors.ts';
import { list } from '../../base/text.ts';

/** The full-screen program, or a menu where sentences are spoken; without a terminal the status of the stage as text. */
export async function tui(context: CliContext, stage: string | undefined, flags: GlobalOptions): Promise<number> {
  const file = resolve(context.cwd, flags.config);
  const all = await loadAll(file);
  if (!isInteractive(context)) {
    const { status } = await import('./status.ts');
    return status(
      context,
      requireStage(
        stage,
        all.map((one) => one.stage),
      ),
      flags,
    );
  }
  const { openPrefs } = await import('../../prefs/open-prefs.ts');
  const { prefs, warning } = openPrefs({ clock: context.clock });
  const wanted = stage ?? prefs.lastStage(file);
  // an unknown stage is named with its nearest; one that was remembered may be gone
  if (stage !== undefined) await loadSettings({ file, stage });
  const initial = all.find((settings) => settings.stage === wanted)?.stage;
  if (context.voice === 'sentences') {
    if (warning !== undefined) warn(context, warning);
    const { runMenu } = await import('../menu/menu.ts');
    const { openSettings } = await import('../open.ts');
    const open = (name: string) => {
      prefs.rememberStage(file, name);
      const settings = all.find((one) => one.stage === name)!;
      return openSettings(context, settings, { ...flags, whenPaused: 'wait' });
    };
    return runMenu(context, { stages: all.map((one) => one.stage), initial, open });
  }
  const { startTui } = await import('../../tui/index.ts');
  return startTui({
    sessions: all.map((settings) => ({
      stage: settings.stage,
      protected: settings.protected,
      open: async (person) => {
        // the screen comes first: what is loaded, and a file that reaches the disk, take a third of the time until then
        await nextTurn();
        const { openSettings } = await import('../open.ts');
        const session = openSettings(context, settings, { ...flags, whenPaused: 'wait', person });
        prefs.rememberStage(file, settings.stage);
        return session;
      },
      shell: (where) => shellOut({ settings, ...where, specOf: specIn(context.env) }),
    })),
    ...(initial === undefined ? {} : { initialStage: initial }),
    streams: context,
    clock: context.clock,
    env: context.env,
    signals: process,
    prefs,
    ...askedTheme(flags),
    ...(warning === undefined ? {} : { warnings: [warning] }),
  });
}

function requireStage(stage: string | undefined, stages: readonly string[]): string {
  const only = stages.length === 1 ? stages[0] : undefined;
  const chosen = stage ?? only;
  if (chosen !== undefined) return chosen;
  throw new UserError({
    code: 'SLIP_STAGE',
    message: 'Without a terminal a stage has to be named.',
    mend: `One of ${list(stages)}, for example: slipway status ${stages[0] ?? ''}`,
  });
}
