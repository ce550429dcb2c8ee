import { list } from '../../base/text.ts';

/**
 * Release ids, of which the ear wants the end: the first digits of the commit, which `rollback --to` takes as well. Not those
 * in paths, nor in what is quoted: that is to be typed, or the words of others.
 */
const RELEASE_IDS = /“[^”]*”|(?<![\w/.-])\d{8}T\d{6}Z-([0-9a-f]{7})(?![\w/])/g;

function shortened(words: string): string {
  return words.replace(RELEASE_IDS, (found: string, end: string | undefined) => end ?? found);
}

/** Words as a sentence that can be read aloud: release ids by their end, and a full stop unless it has an end already. */
export function sentence(words: string): string {
  const text = shortened(words.trim());
  return /[.!?:…][”)]?$/.test(text) ? text : `${text}.`;
}

/** Several sentences, told in one go. */
export function sentences(...all: readonly (string | undefined)[]): string {
  return all.flatMap((words) => (words === undefined || words === '' ? [] : [sentence(words)])).join(' ');
}

/** Words of others, so that one hears where they begin and end. */
export function quoted(words: string): string {
  return `“${words.trim()}”`;
}

/** What somebody can do now. */
export function toDo(mend: string | undefined): string | undefined {
  return mend === undefined ? undefined : `What to do: ${mend}`;
}

/** "slipway rollback staging   or   slipway deploy staging", as one of the commands to type. */
export function toType(commands: string): string {
  const each = commands.split(/\s{2,}or\s{2,}/).map(quoted);
  return `type ${each.join(' or ')}`;
}

/** A release by the end of its id. */
export function spokenRelease(id: string): string {
  return `release ${shortened(id)}`;
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

/** 134000 → "2 minutes and 14 seconds"; two units at most. */
export function spokenDuration(ms: number): string {
  const first = UNITS.findIndex(([, size]) => ms >= size);
  if (first < 0) return 'less than a second';
  const [unit, size] = UNITS[first]!;
  const [smaller, part] = UNITS[first + 1] ?? ['', Infinity];
  const rest = Math.floor((ms % size) / part);
  return [counted(Math.floor(ms / size), unit), ...(rest > 0 ? [counted(rest, smaller)] : [])].join(' and ');
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** `bot.1@fra-1` → "fra-1: bot.1": where, then who. */
export function atHost(id: string): string {
  const { name, host } = partsOf(id);
  return host === '' ? name : `${host}: ${name}`;
}

/** "bot.1 and bot.2 on fra-1 and fra-2, and bot.1 on ams-1" */
export function spokenInstances(ids: readonly string[]): string {
  const parts = ids.map(partsOf);
  const hostsOf = new Map<string, string[]>();
  for (const host of new Set(parts.map((one) => one.host))) {
    const names = list(parts.flatMap((one) => (one.host === host ? [one.name] : [])));
    hostsOf.set(names, [...(hostsOf.get(names) ?? []), host]);
  }
  return [...hostsOf].map(([names, hosts]) => (hosts[0] === '' ? names : `${names} on ${list(hosts)}`)).join(', and ');
}

function partsOf(id: string): { readonly name: string; readonly host: string } {
  const at = id.lastIndexOf('@');
  return at < 0 ? { name: id, host: '' } : { name: id.slice(0, at), host: id.slice(at + 1) };
}

/** "is", "are" */
export function are(count: number): string {
  return count === 1 ? 'is' : 'are';
}
