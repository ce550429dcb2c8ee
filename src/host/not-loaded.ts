import { formatDuration } from '../base/duration.ts';
import { RemoteError } from '../base/errors.ts';
import { sanitise } from '../base/sanitise.ts';
import { needMend, needText } from './needs.ts';

/** Why a channel never came to serve requests. Only what was silent may begin yet, for its first request is in its command. */
export type LoadTrouble =
  /** The command that the host ran ended without a word from ours. */
  | { readonly type: 'ended'; readonly how: string }
  | { readonly type: 'silent'; readonly ms: number }
  | { readonly type: 'lacks'; readonly tool: string };

/** What stood in the way, with what the login printed. sshd does not tell what it runs, so all that decides it is named. */
export function notLoaded(host: string, trouble: LoadTrouble, noise: readonly string[]): RemoteError {
  if (trouble.type === 'lacks') {
    const need = ['tool', sanitise(trouble.tool)];
    return new RemoteError({ code: 'SLIP_TOOL', host, message: `${host}: ${needText(need)}.`, mend: needMend(need) });
  }
  return new RemoteError({
    code: trouble.type === 'silent' ? 'SLIP_HOST_SILENT' : 'SLIP_NO_SHELL',
    host,
    message: `${host} let us log in, but did not run our command: ${whatCame(trouble)}.`,
    mend:
      'Try ssh with any command: it fails there, too. What decides is ForceCommand (or ChrootDirectory) in sshd_config, ' +
      'command="…" in authorized_keys, the login shell of the user, and its start-up files such as ~/.bashrc.',
    detail: noise.map((line) => `the host said: ${shortened(sanitise(line.trimEnd()))}`),
  });
}

function whatCame(trouble: Exclude<LoadTrouble, { type: 'lacks' }>): string {
  return trouble.type === 'ended'
    ? `what it ran instead ended with ${trouble.how}`
    : `within ${formatDuration(trouble.ms)} it did not begin, so something else runs there and waits`;
}

const LONGEST = 200;

/** Some repeat the whole command. */
function shortened(line: string): string {
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
