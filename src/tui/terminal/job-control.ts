import type { SuspendTerminal } from '../app.ts';
import type { Signals } from './streams.ts';

/**
 * Ctrl-Z and SIGTSTP: gives the terminal back, stops, and takes it again when continued. Raw mode makes Ctrl-Z a mere key,
 * and a process that is stopped with the alternate screen up leaves a dead terminal, so both have to be done by hand.
 */
export function createJobControl(signals: Signals, suspend: () => SuspendTerminal | undefined) {
  let isStopping = false;

  const stop = async (target: number) => {
    const handOver = suspend();
    if (!handOver || isStopping) return;
    isStopping = true;
    const suspension = await handOver();
    signals.once('SIGCONT', () => {
      isStopping = false;
      void suspension.resume();
    });
    signals.kill(target, 'SIGSTOP');
  };

  return {
    /** As the terminal would do it: the whole foreground job, so that `npm run` before slipway stops with it. */
    stopJob: () => void stop(0),
    stopSelf: () => void stop(signals.pid),
  };
}
