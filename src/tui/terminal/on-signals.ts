import type { Signals, Streams } from './streams.ts';

export interface Reactions {
  /** Asked to end from outside, or the terminal is gone. */
  readonly onEnd: () => void;
  readonly onStop: () => void;
  /** Something was thrown where nobody catches. */
  readonly onError: (error: unknown) => void;
}

/**
 * Hears everything that can end the program from outside. Ink steps back where someone else listens, which is wanted: the
 * rollout has to be left first. Answers with the way to stop listening.
 */
export function onSignals(on: { signals: Signals; streams: Streams }, react: Reactions): () => void {
  const { signals, streams } = on;
  const ends = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
  const faults = ['uncaughtException', 'unhandledRejection'] as const;
  // a terminal that was closed answers writes with an error: that is a hang-up, not a fault
  const gone = () => react.onEnd();
  for (const name of ends) signals.on(name, react.onEnd);
  for (const name of faults) signals.on(name, react.onError);
  signals.on('SIGTSTP', react.onStop);
  streams.stdout.on('error', gone);
  streams.stdin.on('error', gone);
  return () => {
    for (const name of ends) signals.off(name, react.onEnd);
    for (const name of faults) signals.off(name, react.onError);
    signals.off('SIGTSTP', react.onStop);
    // the listeners for stream errors stay: the last words may meet a terminal that is gone
  };
}
