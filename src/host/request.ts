import { randomBytes } from 'node:crypto';
import { quote, sh } from '../base/shell.ts';
import type { HostScript } from './script.ts';

/** Shell variables of a request. Values are data: quoted once, here. */
export type Variables = Readonly<Record<string, string | number>>;

export interface Request {
  /** A function `verb_…` of the host script. */
  readonly verb: string;
  readonly variables?: Variables;
  /** Shell functions made by `each`, which the verb calls back. */
  readonly functions?: readonly string[];
}

/** What a host is to the host script. */
export interface HostPlace {
  readonly deployTo: string;
  readonly script: HostScript;
  readonly path: readonly string[];
}

/** A request that is on its way, known by its nonce. */
export interface Sent {
  readonly nonce: string;
  readonly text: string;
}

export function createNonce(): string {
  return randomBytes(9).toString('base64url');
}

/**
 * Loads the host script: the installed one when it is what its name says, else it is asked for ("script") and comes gzipped
 * on stdin, byte by byte, so that only a host's first shell pays for it. Then requests are served, the first of them from
 * the command itself. `exec sh -c` makes it independent of the login shell; what that leaves in the environment for a bash
 * (SHELLOPTS, exported functions) is undone first. An empty line goes ahead of ours: a login script may have ended its words
 * without one.
 */
const LOADER = [
  'set +aCefuvx',
  '[ -z "$BASH_VERSION" ] || unset -f $(compgen -A function)',
  'eval "$(printf %b "$1")"',
  'if [ -s "$SELF" ] && [ "$(sha256sum <"$SELF" 2>/dev/null)" = "$script_sum  -" ]; then . "$SELF"',
  'else for t in dd gzip; do command -v $t >/dev/null || { echo; echo "@$2 lacks $t"; exit 1; }; done',
  'echo; echo "@$2 script"; SCRIPT=$(dd bs=1 count="$size" 2>/dev/null | gzip -dc); eval "$SCRIPT"; fi',
  'serve "$2" "$3" "$4"',
].join('; ');

/** The command of a channel that serves requests. `nonce` is the shell's own; a first request may come with it. */
export function serveCommand({ deployTo, script, path }: HostPlace, nonce: string, first?: Sent): string {
  const self = `${deployTo}/.slipway/host-${script.sum.slice(0, 16)}.sh`;
  const size = script.packed.length;
  const place = { D: deployTo, SELF: self, SCRIPT: '', script_sum: script.sum, size, path_prefix: path.join(':') };
  const words = [assignments(place), nonce, first?.nonce ?? '', first?.text ?? ''];
  return `exec sh -c '${LOADER}' slipway ${words.map(embed).join(' ')}`;
}

/** What shells other than POSIX's read in their own way between single quotes, written as `printf %b` reads it. */
function embed(text: string): string {
  return `'${text.replace(/[\\'!\n]/g, (char) => `\\0${char.charCodeAt(0).toString(8).padStart(3, '0')}`)}'`;
}

/** Linux takes no longer argument than 128 KiB: what may not fit follows on stdin. */
const LONGEST_FIRST = 64 * 1024;

export function fitsCommand({ text }: Sent): boolean {
  return Buffer.byteLength(embed(text)) <= LONGEST_FIRST;
}

/** The line to write, newline included. It begins with the nonce of the shell, which no file that is sent can know. */
export function requestLine(shell: string, { nonce, text }: Sent): string {
  return `${shell} ${nonce} ${text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`;
}

export function requestText({ verb, variables = {}, functions = [] }: Request, nonce: string): string {
  return [assignments({ N: nonce }), assignments(variables), ...functions, sh`main ${verb}`].join('\n');
}

/** Empty values need no quotes, and most are. */
export function assignments(variables: Variables): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value === '' ? '' : quote(String(value))}`)
    .join('\n');
}

/** `each_instance FN`: sets the variables of one record after the other and calls FN. */
export function each(name: string, records: readonly Variables[]): string {
  const bodies = records.map((record) => `${assignments(record)}\n"$1"`);
  return `${name}() {\n:\n${bodies.join('\n')}\n}`;
}

/** Several words as the lines of one variable. */
export function lines(words: readonly string[]): string {
  return words.join('\n');
}
