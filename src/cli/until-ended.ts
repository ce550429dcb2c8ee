import type { CliContext } from './context.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Works until somebody interrupts it, or whoever reads has gone: then the signal is aborted. */
export async function untilEnded<T>({ stdout }: CliContext, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const ends = new AbortController();
  const stop = () => ends.abort();
  SIGNALS.forEach((signal) => process.on(signal, stop));
  stdout.on('error', stop);
  try {
    return await work(ends.signal);
  } finally {
    SIGNALS.forEach((signal) => process.off(signal, stop));
    stdout.off('error', stop);
  }
}
