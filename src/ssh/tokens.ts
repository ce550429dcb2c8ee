import { createHash } from 'node:crypto';

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
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A path as `ssh -G` prints it, with `~`, `%` tokens and `${VARIABLES}` replaced; undefined when one has no value. */
export function expandPath(path: string, values: TokenValues, env: Environment): string | undefined {
  const table = tokens(values);
  const parts = path.split(/(%.|\$\{[^}]*\})/).map((part) => {
    if (part.startsWith('%')) return table[part.slice(1)];
    return part.startsWith('${') ? env[part.slice(2, -1)] : part;
  });
  if (parts.includes(undefined)) return undefined;
  const expanded = parts.join('');
  return expanded === '~' || expanded.startsWith('~/') ? values.home + expanded.slice(1) : expanded;
}

function tokens(values: TokenValues): Readonly<Record<string, string>> {
  const { localHost, host, port, user } = values;
  return {
    '%': '%',
    d: values.home,
    h: host,
    i: String(values.uid),
    j: '',
    k: values.hostKeyAlias ?? host,
    L: localHost.split('.')[0]!,
    l: localHost,
    n: values.original,
    p: String(port),
    r: user,
    u: values.localUser,
    C: createHash('sha1').update(`${localHost}${host}${port}${user}`).digest('hex'),
  };
}
