/**
 * Node stands in for GNU tools, one program under many names: `node main.ts NAME ARGUMENT…`. Only what a host's scripts use is here, with
 * GNU's meaning; everything else is passed to the system's own tool. Compared with GNU's tools on Linux; untried on macOS.
 */
import { copy, move, readLink, stat, sync } from './files.ts';
import { SHIM_NAMES, type Shim, type ShimName } from './names.ts';
import { setsid, timeout } from './processes.ts';
import { sha256sum } from './sha256sum.ts';

const shims: Record<ShimName, Shim> = {
  setsid,
  timeout,
  sha256sum,
  stat,
  mv: move,
  cp: copy,
  sync,
  readlink: readLink,
};

const [asked, ...args] = process.argv.slice(2);
const name = SHIM_NAMES.find((known) => known === asked);
try {
  if (name === undefined) throw new Error('no such tool');
  process.exitCode = await shims[name](args);
} catch (error) {
  process.stderr.write(`${asked ?? 'shim'}: ${(error as Error).message}\n`);
  process.exitCode = name === 'timeout' ? 125 : 1;
}
