/**
 * How people are spoken to. `lines`: columns, signs and a clock, for eyes. `sentences`: one full sentence for each change, never
 * redrawn, for screen readers and for whoever reads with the ear; it needs no colour, no cursor and no width.
 */
export type Voice = 'lines' | 'sentences';

/** The convention of many tools, and what Ink asks for. */
const SWITCHES = ['ACCESSIBLE', 'INK_SCREEN_READER'] as const;

/** What the arguments ask for, else the environment. */
export function voiceOf(argv: readonly string[], env: NodeJS.ProcessEnv): Voice {
  return argv.includes('--plain') || SWITCHES.some((name) => isOn(env[name])) ? 'sentences' : 'lines';
}

function isOn(value = ''): boolean {
  return !['', '0', 'false', 'no'].includes(value.toLowerCase());
}
