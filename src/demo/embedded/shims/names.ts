/** The tools that BSD and macOS lack, or have with other options than the host script uses. */
export const SHIM_NAMES = ['setsid', 'timeout', 'sha256sum', 'stat', 'mv', 'cp', 'sync', 'readlink'] as const;

export type ShimName = (typeof SHIM_NAMES)[number];

/** A tool: its arguments in, its exit status out. It writes to this process's own outputs. */
export type Shim = (args: readonly string[]) => number | Promise<number>;
