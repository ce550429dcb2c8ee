import type { Clock } from '../base/clock.ts';
import type { Prefs } from '../prefs/prefs.ts';
import type { ThemeName } from '../prefs/themes.ts';
import { looksOf, wishedTheme } from './looks.ts';
import type { Signals, Streams } from './terminal/streams.ts';
import type { Looks } from './theme.ts';
import type { StageEntry } from './workers/workers.ts';

export interface TuiOptions {
  /** Every stage of hosts.json. */
  readonly sessions: readonly StageEntry[];
  /** Opened at once; without it a picker is shown, unless there is only one. */
  readonly initialStage?: string;
  readonly streams: Streams;
  readonly clock: Clock;
  readonly env: NodeJS.ProcessEnv;
  readonly signals: Signals;
  /** What is remembered on this machine; without it nothing is. */
  readonly prefs?: Prefs;
  /** The theme asked for on the command line. */
  readonly theme?: ThemeName;
  /** Shown when the screen comes up; one line each. */
  readonly warnings?: readonly string[];
}

/**
 * Runs the full-screen program until it is left and answers with the exit code: that of the last rollout, else 0. The
 * terminal is as it was before, whatever happened. Ink is loaded only here, so that plain commands start fast.
 */
export async function startTui(options: TuiOptions): Promise<number> {
  const { env, prefs, warnings = [] } = options;
  const { theme, warning } = wishedTheme({ asked: options.theme, env, remembered: prefs?.theme() });
  const looks = looksOf(env, theme);
  const { run } = await loadInk(env, looks);
  return run({ ...options, warnings: warning === undefined ? warnings : [...warnings, warning] }, looks);
}

/**
 * Ink does not know NO_COLOR, and React is twice as slow outside of production; both read their variables only while they
 * are loaded. They are put back at once: a build that is started later inherits them, and `npm ci` obeys NODE_ENV.
 */
async function loadInk(env: NodeJS.ProcessEnv, { palette }: Looks): Promise<typeof import('./run.ts')> {
  const before = { FORCE_COLOR: env['FORCE_COLOR'], NODE_ENV: env['NODE_ENV'] };
  if (palette === 'mono') env['FORCE_COLOR'] = '0';
  env['NODE_ENV'] ??= 'production';
  try {
    return await import('./run.ts');
  } finally {
    restore(env, before);
  }
}

function restore(env: NodeJS.ProcessEnv, before: NodeJS.ProcessEnv): void {
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) Reflect.deleteProperty(env, name);
    else env[name] = value;
  }
}
