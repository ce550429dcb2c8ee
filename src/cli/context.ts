import type { Clock } from '../base/clock.ts';
import type { ThemeName } from '../prefs/themes.ts';

/** Everything a command takes from the world around it. */
export interface CliContext {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly clock: Clock;
}

/** Somebody is there to answer. */
export function isInteractive({ stdin, stdout }: CliContext): boolean {
  return stdin.isTTY && stdout.isTTY;
}

/** Options that every command has. */
export interface GlobalOptions {
  readonly config: string;
  readonly acceptNewHostKeys?: boolean;
  readonly debug?: boolean;
  readonly theme?: ThemeName;
  /** False with --no-color. */
  readonly color?: boolean;
}

/** The theme that the command line asks for, if any. */
export function askedTheme({ theme, color }: Pick<GlobalOptions, 'theme' | 'color'>): { readonly theme?: ThemeName } {
  if (color === false) return { theme: 'mono' };
  return theme === undefined ? {} : { theme };
}

export function say({ stdout }: CliContext, line = ''): void {
  stdout.write(`${line}\n`);
}
