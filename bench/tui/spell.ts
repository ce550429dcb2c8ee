import { cpuMs } from './cpu.ts';
import type { Program } from './program.ts';

/** A span of time, and what a program did in it. */
export interface Spell {
  readonly lastedMs: number;
  readonly frames: number;
  /** Written to the terminal. */
  readonly bytes: number;
  readonly cpuMs: number;
}

/** From now until the answer is called. */
export function beginSpell({ pid, screen }: Program): () => Spell {
  const look = () => ({ at: performance.now(), cpu: cpuMs(pid), frames: screen.frames, bytes: screen.bytes });
  const before = look();
  return () => {
    const after = look();
    return {
      lastedMs: after.at - before.at,
      frames: after.frames - before.frames,
      bytes: after.bytes - before.bytes,
      cpuMs: after.cpu - before.cpu,
    };
  };
}
