/** How many looks there are for hosts. */
export const LOOKS = 8;

export function hostOf(source: string): string {
  return source.slice(source.lastIndexOf('@') + 1);
}

/** `bot.blue.1` of `bot.blue.1@fra-1` */
export function instanceOf(source: string): string {
  return source.slice(0, Math.max(0, source.lastIndexOf('@')));
}

export function roleOf(source: string): string {
  return instanceOf(source).split('.', 1)[0]!;
}

/** Whether the source is that instance, or is on that host. */
export function belongsTo(source: string, alone: string): boolean {
  return source === alone || hostOf(source) === alone;
}

/** The same host has the same look on every machine and in every run. */
export function lookOf(host: string): number {
  let hash = 5381;
  for (const character of host) hash = (Math.imul(hash, 33) ^ character.codePointAt(0)!) >>> 0;
  return hash % LOOKS;
}

/**
 * A short name for each source that no other one has: hosts without the domain they share (and without a beginning that
 * they share where it is long), instances only where a host has several of them.
 */
export function shortNames(sources: readonly string[]): ReadonlyMap<string, string> {
  const hosts = shortHosts([...new Set(sources.map(hostOf))]);
  const counts = Map.groupBy(sources, hostOf);
  return new Map(
    sources.map((source) => {
      const host = hosts.get(hostOf(source))!;
      return [source, counts.get(hostOf(source))!.length === 1 ? host : `${host} ${instanceOf(source)}`];
    }),
  );
}

/** A beginning that is shared stays where names are shorter than this. */
const SHORT = 12;

/** Names that tell hosts apart; those of the hosts themselves where nothing can be left out. */
export function shortHosts(hosts: readonly string[]): ReadonlyMap<string, string> {
  const tail = shared(hosts, (host) => host.split('.').slice(1).reverse());
  const short = hosts.map((host) =>
    host
      .split('.')
      .slice(0, -tail || undefined)
      .join('.'),
  );
  const isLong = short.some((name) => name.length > SHORT);
  const head = isLong ? shared(short, (name) => name.split('-').slice(0, -1)) : 0;
  const names = short.map((name) => name.split('-').slice(head).join('-'));
  const isDistinct = new Set(names).size === hosts.length && names.every((name) => name !== '');
  return new Map(hosts.map((host, index) => [host, isDistinct ? names[index]! : host]));
}

/** How many of the first parts are the same in all; none when there is only one name. */
function shared(names: readonly string[], partsOf: (name: string) => readonly string[]): number {
  if (names.length < 2) return 0;
  const [first = [], ...others] = names.map(partsOf);
  const differs = first.findIndex((part, index) => others.some((parts) => parts[index] !== part));
  return differs === -1 ? Math.min(...[first, ...others].map((parts) => parts.length)) : differs;
}
