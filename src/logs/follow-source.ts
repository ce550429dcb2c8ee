import { asSlipwayError } from '../base/errors.ts';
import { isAway, isLost } from '../host/away.ts';
import { type Following, Reading } from './reading.ts';

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15_000;
/** Who wants what is there does not wait for a host to come back. */
const MOST_IN_VAIN = 2;

/** Reads a source until its end, or until the signal is aborted: over and over when it is lost, from where it was. Never throws. */
export async function followSource(following: Following): Promise<void> {
  const { clock, signal, onNotice, follow } = following;
  const reading = new Reading(following);
  let wait = FIRST_WAIT_MS;
  let attempts = 0;
  let said: string | undefined;
  const isOver = () => signal.aborted;
  for (;;) {
    const heard = reading.heard;
    const thrown = await reading.attempt();
    if (isOver()) return;
    if (thrown === undefined && follow === 'to the end') return;
    if (reading.heard !== heard) {
      wait = FIRST_WAIT_MS;
      said = undefined;
    }
    const trouble = troubleOf(following.host.host, thrown);
    const { how, message } = trouble;
    if (message !== said) onNotice({ type: 'trouble', ...trouble });
    said = message;
    attempts = reading.heard === heard ? attempts + 1 : 0;
    if (follow === 'to the end' && (how === 'refused' || attempts >= MOST_IN_VAIN)) return;
    const pause = how === 'refused' ? following.retried(signal) : clock.sleep(wait, signal);
    await pause.catch(() => undefined); // aborted
    if (isOver()) return;
    wait = Math.min(LONGEST_WAIT_MS, wait * 2);
  }
}

function troubleOf(host: string, thrown: unknown) {
  if (thrown === undefined)
    return { how: 'lost', code: 'SLIP_LOG_ENDED', message: `${host}: the log has ended` } as const;
  const { code, message, mend } = asSlipwayError(thrown);
  const how = isAway(thrown) || isLost(thrown) ? 'lost' : 'refused';
  return { how, code, message: [message, mend].filter(Boolean).join(' ') } as const;
}
