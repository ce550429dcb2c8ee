import { systemClock } from '../base/clock.ts';
import type { World } from './context.ts';
import { main } from './program.ts';

/** Runs the command line as this process, and ends it. */
export async function runProcess(self: NodeJS.Process): Promise<void> {
  const { stdout, stderr, env, argv } = self;
  // a reader that went away (| head) must not end a rollout that is under way
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // EIO: the terminal itself has gone
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    });
  }
  const world: World = {
    get stdin() {
      return self.stdin;
    },
    ...{ stdout, stderr, env, cwd: self.cwd(), clock: systemClock },
  };
  self.exitCode = await main(argv.slice(2), world);
  // Nothing is left to do: a timer or socket of some library must not hold the prompt back. What was written goes out first.
  const leave = () => stdout.writableLength + stderr.writableLength === 0 && self.exit();
  leave();
  setInterval(leave, 50).unref();
}
