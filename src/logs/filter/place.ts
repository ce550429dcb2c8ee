import { hostOf, instanceOf, roleOf } from '../names.ts';
import type { LogRecord } from '../record.ts';
import { glob } from './glob.ts';
import { alternatives, type Meaning, Mistake, type Surroundings } from './term.ts';

type OfName = (name: string) => boolean;

/** Sources are few; more than these are no sources of ours. */
const MOST_SOURCES = 1000;

/** `fra` is every host that begins so, `=fra-1` is that one, `*-1.example.com` is what is like it. */
export function hostTerm(value: string): Meaning {
  const any = anyOf(alternatives('host', value, 'fra-1').map(beginning));
  return { wanted: bySource((source) => any(hostOf(source))) };
}

/** `bot.1` is that one on every host, `bot.1@fra-1` on one, `bot` and `bot.blue` are all that belong to it. */
export function instanceTerm(value: string): Meaning {
  const any = anyOf(alternatives('instance', value, 'bot.1').map(instance));
  return { wanted: bySource(any) };
}

export function roleTerm(value: string): Meaning {
  const any = anyOf(alternatives('role', value, 'bot').map(glob));
  return { wanted: bySource((source) => any(roleOf(source))) };
}

/** The release that wrote it: the beginning of its name will do. */
export function releaseTerm(value: string, { releaseOf }: Surroundings): Meaning {
  if (!releaseOf) throw new Mistake('release: is not known of these lines', 'leave it out');
  const any = anyOf(
    alternatives('release', value, '20261121').map((alternative) => beginning(alternative.replace(/(…|\.{3})$/, ''))),
  );
  return {
    wanted: (record) => {
      const release = releaseOf(record);
      return release !== undefined && any(release);
    },
  };
}

function beginning(pattern: string): OfName {
  if (pattern.startsWith('=')) return glob(pattern.slice(1));
  return pattern.includes('*') ? glob(pattern) : (name) => name.startsWith(pattern);
}

function instance(pattern: string): OfName {
  const at = pattern.lastIndexOf('@');
  const isHost = at === -1 ? () => true : glob(pattern.slice(at + 1));
  const name = at === -1 ? pattern : pattern.slice(0, at);
  const isNamed = glob(name);
  return (source) => {
    const own = instanceOf(source);
    return (isNamed(own) || own.startsWith(`${name}.`)) && isHost(hostOf(source));
  };
}

function anyOf(tests: readonly OfName[]): OfName {
  return (name) => tests.some((test) => test(name));
}

/** What is true of a source is found out once. */
function bySource(test: OfName): (record: LogRecord) => boolean {
  const known = new Map<string, boolean>();
  return ({ source }) => {
    const before = known.get(source);
    if (before !== undefined) return before;
    if (known.size >= MOST_SOURCES) known.clear();
    const is = test(source);
    known.set(source, is);
    return is;
  };
}
