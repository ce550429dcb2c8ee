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

/**
 * The command of every channel: waits for one line of shell and runs it. `read` takes byte after byte, so what follows the
 * line on stdin is left for the verb; `exec sh -c` makes it independent of the login shell (fish, csh).
 */
export const BOOT = `exec sh -c 'IFS= read -r s&&eval "$(printf %b "$s")"'`;

export function createNonce(): string {
  return randomBytes(9).toString('base64url');
}

/** How a host that lacks the script gets it: in the answer to a question, or not at all when stdin carries something else. */
export type ScriptWay = 'ask' | 'installed only';

export interface RequestContext {
  readonly nonce: string;
  readonly way: ScriptWay;
  readonly deployTo: string;
  readonly script: HostScript;
  readonly path: readonly string[];
}

/** The line to write, newline included. */
export function requestLine(request: Request, context: RequestContext): string {
  return `${requestText(request, context).replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`;
}

/**
 * Reads the installed script when it is what its name says, or asks for it ("script") and takes it gzipped from stdin, byte
 * by byte, so that what follows is left for the verb: only a host's first request pays for the script.
 */
function requestText(request: Request, { nonce, way, deployTo, script, path }: RequestContext): string {
  const self = `${deployTo}/.slipway/host-${script.sum.slice(0, 16)}.sh`;
  return [
    assignments({ N: nonce, D: deployTo, SELF: self, SCRIPT: '', script_sum: script.sum, path_prefix: path.join(':') }),
    assignments(request.variables ?? {}),
    ...(request.functions ?? []),
    `if [ -s "$SELF" ] && [ "$(sha256sum <"$SELF" 2>/dev/null)" = "$script_sum  -" ]; then . "$SELF"`,
    `else printf '@%s\\tscript\\n' "$N"`,
    way === 'ask'
      ? `SCRIPT=$(dd bs=1 count=${script.packed.length} 2>/dev/null | gzip -dc); eval "$SCRIPT"; fi`
      : 'exit; fi',
    sh`main ${request.verb}`,
  ].join('\n');
}

export function assignments(variables: Variables): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${quote(String(value))}`)
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
