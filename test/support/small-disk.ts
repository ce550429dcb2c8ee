import { spawn } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';

/** Why the tests with disks of their own cannot run here; undefined when they can. */
export function noSmallDisk(): string | undefined {
  try {
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'no right to make a mount namespace';
  }
}

/** A small disk that only the commands run in it can see: a tmpfs in a mount namespace of its own. */
export interface SmallDisk extends AsyncDisposable {
  /** Put before a command, it runs there. */
  readonly enter: readonly string[];
  run(script: string): void;
}

export async function smallDisk(at: string, options: string): Promise<SmallDisk> {
  const script = 'mount -t tmpfs -o "$2" tmpfs "$1" && echo there && exec cat';
  const child = spawn('unshare', ['--mount', 'sh', '-c', script, 'sh', at, options], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const enter = ['nsenter', '--mount', '--target', String(child.pid), '--'];
  return {
    enter,
    run: (command) => {
      execFileSync(enter[0]!, [...enter.slice(1), 'sh', '-c', command, 'sh', at], { stdio: 'pipe' });
    },
    [Symbol.asyncDispose]: async () => {
      // with its last process the namespace is gone, and the disk with it
      child.stdin.end();
      await once(child, 'close');
    },
  };
}
