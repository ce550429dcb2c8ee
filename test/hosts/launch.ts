/** Argument vector that joins control groups (their `cgroup.procs` files) and then becomes the given program. */
export function joining(groups: readonly string[], argv: readonly string[]): string[] {
  const script = 'n=$1; shift; while [ "$n" -gt 0 ]; do echo $$ >"$1"; shift; n=$((n-1)); done; exec "$@"';
  return ['/bin/sh', '-ec', script, 'sh', String(groups.length), ...groups, ...argv];
}
