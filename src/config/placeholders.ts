import { quote } from '../base/shell.ts';
import { list } from '../base/text.ts';
import { nearest } from '../base/nearest.ts';

/**
 * What may stand in braces, and where:
 *
 * | setting                                | app stage | host | role instance slot port | current | release |
 * |----------------------------------------|-----------|------|-------------------------|---------|---------|
 * | source (all but ref), shared, prepare  | yes       |      |                         |         | run     |
 * | hooks                                  | yes       |      |                         |         | yes     |
 * | deployTo, path                         | yes       | yes  |                         |         |         |
 * | systemd; health http, body, tcp        | yes       | yes  | yes                     |         |         |
 * | metrics http; traffic server           | yes       | yes  | yes                     |         |         |
 * | pidFile                                | yes       | yes  | yes                     | yes     |         |
 * | start, stop, status; health command    | yes       | yes  | yes                     | yes     | yes     |
 *
 * `{current}` is the path of the instance's link; in a command it arrives quoted for the shell, so that no further quotes
 * are needed around it. `{release}` is known on the host only and changes with every deploy and revert: it becomes the
 * variable that the host sets for prepare steps and, in the instance's env file, for commands. Other values are plain words.
 */
const PLACEHOLDERS = ['app', 'stage', 'host', 'role', 'instance', 'slot', 'port', 'release', 'current'] as const;

export type Placeholder = (typeof PLACEHOLDERS)[number];

/** What is known at one place: values by name. */
export type Values = Partial<Readonly<Record<Placeholder, string>>>;

/** `{release}`, in shell text. */
export const RELEASE_VARIABLE = { release: '${SLIPWAY_RELEASE}' } as const satisfies Values;

/** `${x}` belongs to the shell, `%{x}` to curl, `^{x}` to git, `{{x}}` to templates: those are left alone. */
const BRACES = /(?<![$%^{])\{([A-Za-z]+)\}(?!\})/g;

/** The text with its placeholders replaced; each one that cannot be is told to `mistake`, and left. */
export function fill(text: string, values: Values, mistake: (message: string) => void): string {
  return text.replaceAll(BRACES, (whole, name: string) => {
    const value = isPlaceholder(name) ? values[name] : undefined;
    if (value !== undefined) return value;
    mistake(problem(name, values));
    return whole;
  });
}

/** The same values, fit to stand in shell text. */
export function inShell(values: Values): Values {
  return {
    ...values,
    ...RELEASE_VARIABLE,
    ...(values.current === undefined ? {} : { current: quote(values.current) }),
  };
}

function isPlaceholder(name: string): name is Placeholder {
  return (PLACEHOLDERS as readonly string[]).includes(name);
}

function problem(name: string, values: Values): string {
  const known = list(PLACEHOLDERS.filter((each) => values[each] !== undefined).map((each) => `{${each}}`));
  if (name === 'port' && values.instance !== undefined) return '"{port}" needs a "port" in the role.';
  if (name === 'slot' && values.instance !== undefined) return '"{slot}" needs "slots" in the role.';
  if (isPlaceholder(name)) return `"{${name}}" is not known here. Known here: ${known}.`;
  const meant = nearest(name, PLACEHOLDERS);
  if (meant !== undefined) return `unknown placeholder "{${name.slice(0, 40)}}". Did you mean "{${meant}}"?`;
  return `unknown placeholder "{${name.slice(0, 40)}}". Known here: ${known}. For braces of a shell, put a space inside: "{ … }".`;
}
