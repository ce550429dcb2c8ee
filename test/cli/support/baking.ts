import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { MAIN, type Site } from './site.ts';

export interface Deploying {
  readonly child: ChildProcess;
  /** With its exit code. */
  readonly ended: Promise<number | null>;
  readonly events: readonly { readonly type: string }[];
}

/** A deploy that has come to its first bake, or to its end. */
export async function untilBaking({ folder, env }: Site): Promise<Deploying> {
  const argv = [MAIN, 'deploy', 'staging', '--yes', '--json'];
  const child = spawn(process.execPath, argv, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const events: { readonly type: string }[] = [];
  const baked = new Promise<void>((resolve) => {
    createInterface(child.stdout).on('line', (line) => {
      const event = JSON.parse(line) as { type: string };
      events.push(event);
      if (event.type === 'bake.started') resolve();
    });
  });
  await Promise.race([baked, ended]);
  return { child, ended, events };
}
