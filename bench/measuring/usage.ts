import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hierarchies } from '../../test/hosts/cgroups.ts';
import { joining } from '../../test/hosts/launch.ts';
import { killIfThere, readOrUndefined, waitFor } from '../../test/hosts/process.ts';

/**
 * What the client's processes use: everything that this process starts, without itself. They are in a control group, which
 * knows all of them, also those that went into the background or ended long ago. This process is in it too, so that they
 * are born there: moving one takes the kernel many milliseconds, in which it may have started others.
 */
export interface Usage extends AsyncDisposable {
  /** Processor time of all so far, ms. */
  cpuMs(): number;
  /**
   * Looks at the memory of what is started from now on, again and again until the way to end it is called: the most seen,
   * bytes.
   */
  watchMemory(): () => number;
  /** A command line for something that is not a client. */
  apart(argv: readonly string[]): readonly string[];
}

/** Memory changes slower than this. */
const LOOK_MS = 20;
const PAGE = 4096;

/** Undefined where there is no cgroup2. */
export function makeUsage(): Usage | undefined {
  const root = hierarchies().find((each) => existsSync(join(each, 'cgroup.controllers')));
  if (root === undefined) return undefined;
  const folder = join(root, `slipway-bench-${process.pid}`);
  const home = join(root, /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '/', 'cgroup.procs');
  mkdirSync(folder);
  writeFileSync(join(folder, 'cgroup.procs'), String(process.pid));
  const others = () => {
    const all = readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
    return all.filter((pid) => pid !== process.pid);
  };
  return {
    cpuMs: () => {
      const all = /^usage_usec (\d+)$/m.exec(readFileSync(join(folder, 'cpu.stat'), 'utf8'))![1];
      const { user, system } = process.cpuUsage();
      return (Number(all) - user - system) / 1000;
    },
    watchMemory: () => {
      let most = 0;
      const before = new Set(others());
      const look = () => (most = Math.max(most, resident(others().filter((pid) => !before.has(pid)))));
      const timer = setInterval(look, LOOK_MS);
      return () => {
        clearInterval(timer);
        return most;
      };
    },
    apart: (argv) => joining([home], argv),
    [Symbol.asyncDispose]: async () => {
      writeFileSync(home, String(process.pid));
      const areGone = () => {
        others().forEach((pid) => killIfThere(pid));
        return others().length === 0;
      };
      await waitFor(areGone, { within: 10_000, what: 'Processes that the bench has started do not end' });
      rmdirSync(folder);
    },
  };
}

/** Of all of them together; a page that two share counts twice. */
function resident(pids: readonly number[]): number {
  const pages = pids.map((pid) => Number((readOrUndefined(`/proc/${pid}/statm`) ?? '').split(' ')[1] ?? 0));
  return pages.reduce((sum, count) => sum + count, 0) * PAGE;
}
