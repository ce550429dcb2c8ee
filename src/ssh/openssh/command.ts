/**
 * The system's ssh tells of a command's end by its own exit status, where 255 may mean many things, and of a signal not
 * at all. So a command runs inside one of ours, which tells on stderr that it has begun, as which process, and how it
 * ended. A random word marks these lines; nothing that a host prints can be taken for one.
 *
 * It is run by a POSIX shell whatever the login shell is, and holds nothing that fish or csh would read differently
 * within single quotes. The command itself is run by the login shell (SHLVL keeps bash from reading ~/.bashrc again).
 */
function around(command: string): string {
  return [
    'trap : TERM',
    'exec 3>&2 2>/dev/null',
    'echo "$0 + $$" >&3',
    // in a shell of its own, since dash tells of a signal ("Killed") wherever the errors of the command go
    `(exec 2>&3 3>&-; export SHLVL=1; exec "$SHELL" -c "${command}")`,
    'r=$?',
    // 128 + n is how a shell tells of a signal
    '[ $r -gt 128 ] && s=$(kill -l $r)',
    'echo "$0 = $r $s" >&3',
    'exit $r',
  ].join('; ');
}

/** For the login shell, whatever it is: `command`, told of by lines that begin with `mark`. */
export function wrapCommand(command: string, mark: string): string {
  // single quotes mean the same in all shells, but not all between them: fish has "\" there, csh "!" and line ends
  if (!/[\\!\r\n]/.test(command)) return `exec sh -c '${around('$1')}' ${mark} ${quoteAnywhere(command)}`;
  const encoded = Buffer.from(command).toString('base64');
  return `exec sh -c '${around('$(echo $1 | base64 -d)')}' ${mark} ${encoded}`;
}

function quoteAnywhere(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}

/** Signals the command whose process was told, and all it has started. */
export function signalCommand(name: 'TERM' | 'KILL', pid: number): string {
  return `exec sh -c 'kill -s ${name} -- -${pid} || kill -s ${name} ${pid}'`;
}
