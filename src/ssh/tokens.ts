import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** What the `%` tokens of ssh_config(5) stand for. */
export interface TokenValues {
  readonly home: string;
  readonly localUser: string;
  readonly localHost: string;
  readonly uid: number;
  /** The host as it was asked for, before HostName replaced it. */
  readonly original: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeyAlias: string | undefined;
  /** The host name in ProxyJump. */
  readonly jump?: string | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export type Expansion =
  | { readonly type: 'expanded'; readonly text: string }
  /** OpenSSH stops at a token that it does not know, and at a variable that is not set. */
  | { readonly type: 'unknown'; readonly name: string };

/** A path with `~`, `%` tokens and `${VARIABLES}` replaced, each once: what they stand for is taken as it is. */
export function expandPath(path: string, values: TokenValues, env: Environment): Expansion {
  const rooted = expandTilde(path, values.home);
  if (rooted === undefined) return { type: 'unknown', name: path.split('/')[0]! };
  return replace(rooted, /(%.?|\$\{[^}]*\})/s, {
    ...tokens(values),
    ...Object.fromEntries(Object.entries(env).map(([name, value]) => [`\${${name}}`, value])),
  });
}

/** The tokens of ProxyCommand and ProxyJump. `$` is left to the shell that runs it. */
export function expandCommand(command: string, values: TokenValues): Expansion {
  const all = tokens(values);
  const table = Object.fromEntries(['%%', '%h', '%k', '%n', '%p', '%r'].map((name) => [name, all[name]]));
  return replace(command, /(%.?)/s, table);
}

/** The tokens of `Match exec`. */
export function expandMatchCommand(command: string, values: TokenValues): Expansion {
  return replace(command, /(%.?)/s, tokens(values));
}

type Table = Readonly<Record<string, string | undefined>>;

function replace(text: string, token: RegExp, table: Table): Expansion {
  const parts = text.split(token);
  const unknown = parts.find((part, index) => index % 2 === 1 && table[part] === undefined);
  if (unknown !== undefined) return { type: 'unknown', name: unknown };
  return { type: 'expanded', text: parts.map((part, index) => (index % 2 === 1 ? table[part] : part)).join('') };
}

/** `~` is the home of the user, `~name` that of another one. */
function expandTilde(path: string, home: string): string | undefined {
  const [, name, rest] = /^~([^/]*)(.*)$/s.exec(path) ?? [];
  if (name === undefined || rest === undefined) return path;
  const root = name === '' ? home : homeOf(name);
  return root === undefined ? undefined : root + rest;
}

function homeOf(name: string): string | undefined {
  try {
    const accounts = readFileSync('/etc/passwd', 'utf8').split('\n');
    return accounts.map((account) => account.split(':')).find(([user]) => user === name)?.[5];
  } catch {
    return undefined;
  }
}

function tokens(values: TokenValues): Table {
  const { localHost, host, port, user } = values;
  return {
    '%%': '%',
    '%d': values.home,
    '%h': host,
    '%i': String(values.uid),
    '%j': values.jump ?? '',
    '%k': values.hostKeyAlias ?? values.original,
    '%L': localHost.split('.')[0]!,
    '%l': localHost,
    '%n': values.original,
    '%p': String(port),
    '%r': user,
    '%u': values.localUser,
    '%C': createHash('sha1').update(`${localHost}${host}${port}${user}`).digest('hex'),
  };
}
