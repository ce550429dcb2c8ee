import type { Clock } from '../base/clock.ts';
import { sanitise } from '../base/sanitise.ts';
import type { ThemeName } from '../prefs/themes.ts';
import { jsonLine } from './json-line.ts';
import { sentence } from './report/speech.ts';
import type { Voice } from './voice.ts';

/** What the process hands to the command line. */
export interface World {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly clock: Clock;
}

/** Everything a command takes from the world around it. */
export interface CliContext extends World {
  readonly voice: Voice;
}

/** Standard input stays untouched until a command looks at it: to make its stream takes 10 ms. */
export function contextOf(world: World, voice: Voice): CliContext {
  const { stdout, stderr, env, cwd, clock } = world;
  return {
    get stdin() {
      return world.stdin;
    },
    ...{ stdout, stderr, env, cwd, clock, voice },
  };
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
  /** What it asks for is in the context: its voice. */
  readonly plain?: boolean;
  readonly theme?: ThemeName;
  /** False with --no-color. */
  readonly color?: boolean;
}

/** The theme that the command line asks for, if any. */
export function askedTheme({ theme, color }: Pick<GlobalOptions, 'theme' | 'color'>): { readonly theme?: ThemeName } {
  if (color === false) return { theme: 'mono' };
  return theme === undefined ? {} : { theme };
}

/** A line for people. What comes from elsewhere was sanitised where it came in; here is the last gate before the terminal. */
export function say({ stdout }: CliContext, line = ''): void {
  stdout.write(`${sanitise(line)}\n`);
}

/** What there is to say, made in the voice that is wanted alone. */
export type InBothVoices = Readonly<Record<Voice, () => readonly string[]>>;

export function speak(context: CliContext, words: InBothVoices): void {
  words[context.voice]().forEach((line) => say(context, line));
}

/** A line that is a sentence where sentences are spoken. */
export function announce(context: CliContext, line: string): void {
  say(context, context.voice === 'sentences' ? sentence(line) : line);
}

/** A line for programs. */
export function sayJson({ stdout }: CliContext, value: unknown): void {
  stdout.write(`${jsonLine(value)}\n`);
}

/** A line beside what was asked for: it goes to stderr, so that it is in no program's way. */
export function note({ stderr }: CliContext, line: string): void {
  stderr.write(`${sanitise(line)}\n`);
}

/** The same as a sentence where sentences are spoken. */
export function remark(context: CliContext, line: string): void {
  note(context, context.voice === 'sentences' ? sentence(line) : line);
}

/** What is not as it should be, and ends nothing. */
export function warn(context: CliContext, message: string): void {
  remark(context, context.voice === 'sentences' ? `Warning: ${message}` : `! ${message}`);
}
