import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Bug } from '../../base/errors.ts';

/** The environment variable that every process of an embedded host carries, and by which it is found again. */
export const MARKER = 'SLIPWAY_EMBEDDED_HOST';

/**
 * `sh -c WATCH guard MARK FOLDER…`: reads until the parent closes the pipe, whatever ended it, kill -9 included; ends every
 * process whose environment has the mark; removes the folders. Two empty looks in a row count as none left, since a
 * process has no environment to see in the instant of its exec. The branch without /proc is for macOS, and untried.
 */
const WATCH = String.raw`
trap '' HUP INT TERM
mark=$1; shift
while read -r _; do :; done
marked() {
  if [ -r /proc/self/environ ]; then
    grep -lsF -e "${MARKER}=$mark" /proc/[0-9]*/environ | tr -cd '0-9\n'
  else
    ps -axeww -o pid=,command= | awk -v mark="$mark" 'index($0, "${MARKER}=" mark) { print $1 }'
  fi
}
none_left() { [ -z "$(marked)" ] && sleep 0.02 && [ -z "$(marked)" ]; }
end() { for pid in $(marked); do kill "-$1" "$pid"; done; }
end TERM; end CONT
looks=0
until none_left || [ "$looks" -ge 100 ]; do
  [ "$looks" -lt 30 ] || end KILL
  looks=$((looks + 1)); sleep 0.05
done
tries=0
until rm -rf "$@" || [ "$tries" -ge 20 ]; do
  tries=$((tries + 1)); chmod -R u+rwX "$@"; sleep 0.1
done
for folder; do [ ! -e "$folder" ] || exit 1; done
`;

/** Watches over what a host leaves on this machine. */
export interface Guard {
  /** Ends the processes and removes the folders now. */
  release(): Promise<void>;
}

/**
 * Starts a guard: a tiny process of its own that outlives this one. `mark` is the value of MARKER, or how it begins.
 * Nothing here has to hook signals or exits: that the pipe closes says everything.
 */
export function postGuard(mark: string, folders: readonly string[]): Guard {
  const watcher = watch('pipe', mark, folders);
  const ended = once(watcher, 'exit');
  watcher.unref();
  watcher.stdin?.on('error', () => undefined);
  return {
    release: async () => {
      watcher.ref();
      watcher.stdin?.end();
      const [status] = (await ended) as [number | null];
      if (status === 0) return;
      // Somebody ended the guard, or processes kept writing: once more, without waiting for anything.
      const [second] = (await once(watch('ignore', mark, folders), 'exit')) as [number | null];
      if (second !== 0) throw new Bug(`Could not remove ${folders.join(', ')}.`);
    },
  };
}

function watch(stdin: 'pipe' | 'ignore', mark: string, folders: readonly string[]): ChildProcess {
  return spawn('/bin/sh', ['-c', WATCH, 'guard', mark, ...folders], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin:/run/current-system/sw/bin' },
    // Out of the terminal's foreground group: Ctrl-C is for the parent.
    detached: true,
    stdio: [stdin, 'ignore', 'ignore'],
  });
}
