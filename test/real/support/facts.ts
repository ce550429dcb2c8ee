import type { Host } from '../../hosts/hosts.ts';

/** What stands on a host, read by root past everything that is tested. */
export interface HostFacts {
  /** Per instance: the release its link points at. */
  readonly current: Readonly<Record<string, string>>;
  readonly previous: Readonly<Record<string, string>>;
  /** `<deployTo>/current`. */
  readonly convenience: string | undefined;
  /** Per release id: its status in the ledger. */
  readonly ledger: Readonly<Record<string, string>>;
  /** Folders below releases/. */
  readonly releases: readonly string[];
  /** Instances that a worker has marked as its own, while its process lives. */
  readonly busy: readonly string[];
  /** The lock's owner.json; undefined when there is no lock, empty when it has no owner. */
  readonly lock: string | undefined;
}

const SCRIPT = String.raw`
  cd "$1" || exit 0
  for link in instances/*/current; do [ -L "$link" ] && echo "current $(basename "$(dirname "$link")") $(readlink "$link")"; done
  for link in instances/*/previous; do [ -L "$link" ] && echo "previous $(basename "$(dirname "$link")") $(readlink "$link")"; done
  [ -L current ] && echo "convenience . $(readlink current)"
  for file in .slipway/ledger/*.json; do
    [ -f "$file" ] && echo "ledger $(basename "$file" .json) $(sed 's/^{"status":"\([a-z]*\)".*/\1/' "$file")"
  done
  for folder in releases/*; do [ -d "$folder" ] && echo "release . $(basename "$folder")"; done
  for mark in instances/*/.busy; do
    [ -L "$mark" ] || continue
    set -- $(readlink "$mark")
    [ "$(cut -d' ' -f22 "/proc/$2/stat" 2>/dev/null)" = "$3" ] && echo "busy . $(basename "$(dirname "$mark")")"
  done
  [ -e .slipway/lock ] && echo "lock . $(cat .slipway/lock/owner.json 2>/dev/null)"
  true`;

export async function readFacts(host: Host, deployTo: string): Promise<HostFacts> {
  const { stdout } = await host.exec(['sh', '-c', SCRIPT, 'sh', deployTo]);
  const rows = stdout.split('\n').map((line) => {
    const [kind = '', name = '', ...rest] = line.split(' ');
    return { kind, name, value: rest.join(' ') };
  });
  const table = (kind: string, change = (value: string) => value) =>
    Object.fromEntries(rows.filter((row) => row.kind === kind).map((row) => [row.name, change(row.value)] as const));
  const idOf = (target: string) => target.slice(target.lastIndexOf('/') + 1);
  return {
    current: table('current', idOf),
    previous: table('previous', idOf),
    convenience: table('convenience', idOf)['.'],
    ledger: table('ledger'),
    busy: rows.filter((row) => row.kind === 'busy').map((row) => row.value),
    releases: rows.filter((row) => row.kind === 'release').map((row) => row.value),
    lock: table('lock')['.'],
  };
}

/** Runs shell text as root on every host at once; fails when it fails anywhere. */
export async function onHosts(hosts: readonly Host[], script: string): Promise<readonly string[]> {
  return Promise.all(
    hosts.map(async (host) => {
      const { code, stdout, stderr } = await host.exec(script);
      if (code !== 0) throw new Error(`${host.name}: status ${code}: ${stderr || stdout}`);
      return stdout;
    }),
  );
}

/** Everything below a folder that a change would show in: names, kinds, targets, contents, times, owners. */
export async function fingerprint(host: Host, folder: string): Promise<string> {
  // a second after a rollout a host makes its spare copy of what it runs: it is waited for, at most ten
  const script = String.raw`cd "$1" || exit; n=0
    tidied() { [ "$(cat .slipway/next/of 2>/dev/null)" = "$(basename "$(readlink current)")" ] && [ -z "$(ls -d .slipway/lock.gone.* .slipway/trash.*)" ]; }
    while [ -L current ] && [ -d .slipway ] && ! tidied >/dev/null 2>&1 && [ "$n" -lt 100 ]; do n=$((n + 1)); sleep 0.1; done
    find . -printf '%p %y %l %T@ %u %m\n' | sort && find . -type f -exec sha256sum {} + | sort`;
  return (await host.exec(['sh', '-c', script, 'sh', folder])).stdout;
}
