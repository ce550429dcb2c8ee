import type { Directive } from './lexer.ts';
import { currentKeyword } from './settings.ts';

const GATHERED = ['identityfile', 'certificatefile'];
const COMMANDS = ['proxycommand', 'knownhostscommand', 'localcommand'];
const LISTS = ['userknownhostsfile', 'globalknownhostsfile'];
const TIMES = ['connecttimeout', 'serveraliveinterval'];

/** Takes a directive into the settings: the first one of a keyword wins, files of keys gather. */
export function assign(settings: Map<string, readonly string[]>, directive: Directive): void {
  const keyword = currentKeyword(directive.keyword);
  const before = settings.get(keyword);
  const values = valuesOf(keyword, directive);
  if (GATHERED.includes(keyword)) settings.set(keyword, [...new Set([...(before ?? []), ...values])]);
  else if (before === undefined && !isSpokenFor(settings, keyword)) settings.set(keyword, values);
}

/** ProxyJump and ProxyCommand exclude each other: the first of both wins. */
function isSpokenFor(settings: ReadonlyMap<string, unknown>, keyword: string): boolean {
  if (keyword === 'proxycommand') return settings.has('proxyjump');
  return keyword === 'proxyjump' && settings.has('proxycommand');
}

function valuesOf(keyword: string, { words, rest }: Directive): readonly string[] {
  const [first = ''] = words;
  if (COMMANDS.includes(keyword)) return [rest.replace(/^[ \t=]+/, '')];
  if (LISTS.includes(keyword)) return words;
  if (TIMES.includes(keyword)) return [String(seconds(first) ?? first)];
  return [keyword === 'hostkeyalias' ? first.toLowerCase() : first];
}

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** "90", "1m30", "2h": times of ssh_config(5). */
function seconds(time: string): number | undefined {
  if (!/^(?:\d+[smhdw]?)+$/i.test(time)) return undefined;
  const parts = [...time.matchAll(/(\d+)([smhdw]?)/gi)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit!.toLowerCase()]!, 0);
}
