import { quote, sh } from '../base/shell.ts';

const SCRIPT = 'for d; do cd "$d" 2>/dev/null && break; done; exec "${SHELL:-/bin/sh}" -l';

/**
 * The command that opens a person's login shell in the first of the folders that is there. It is read by whatever shell the
 * user has there, so nothing is left to it but words; quotes within quotes would mean something else to fish.
 */
export function loginIn(folders: readonly string[]): string {
  return `exec /bin/sh -c ${quote(SCRIPT)} ${sh`sh ${folders}`}`;
}
