import { childrenOf, isAlive, isInit, type Outcome, run, type RunOptions } from './process.ts';
import { readRecord } from './state.ts';

const environment = [
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'HOME=/root',
  'LANG=C.UTF-8',
  `TERM=${process.env['TERM'] ?? 'dumb'}`,
];

/** The host's first process as seen from here; undefined while it has no power. Asked anew each time: a host may reboot. */
export function initOf(host: string): number | undefined {
  const machine = readRecord(host).power?.machine;
  return isAlive(machine) ? childrenOf(machine.pid).flatMap(childrenOf).find(isInit) : undefined;
}

/** Argument vector that runs a command as root inside a running host, without touching its network. */
export function insideArgv(host: string, command: readonly string[] | string): string[] {
  const init = initOf(host);
  if (init === undefined) throw new Error(`${host} has no power`);
  const argv = typeof command === 'string' ? ['sh', '-c', command] : command;
  const namespaces = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup'];
  return ['nsenter', '--target', String(init), ...namespaces, '--', 'env', '-i', '-C', '/', ...environment, ...argv];
}

export async function execInside(
  host: string,
  command: readonly string[] | string,
  options: RunOptions = {},
): Promise<Outcome> {
  return run(insideArgv(host, command), options);
}

/** Replaces a file inside a host in one step; makes the folder. */
export async function writeInside(
  host: string,
  path: string,
  file: { readonly content: string | Uint8Array; readonly mode: number; readonly owner: string },
): Promise<void> {
  const script = [
    'mkdir -p -- "$(dirname -- "$1")"',
    'new=$(mktemp -- "$1.XXXXXX")',
    'cat >"$new"',
    'chmod -- "$2" "$new"',
    'chown -- "$3" "$new"',
    'mv -T -- "$new" "$1"',
  ].join(' && ');
  const argv = ['sh', '-c', script, 'sh', path, file.mode.toString(8), file.owner];
  const { code, stderr } = await execInside(host, argv, { input: file.content });
  if (code !== 0) throw new Error(`Cannot write ${path} on ${host}: ${stderr.trim()}`);
}
