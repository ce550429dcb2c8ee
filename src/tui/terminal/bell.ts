import type { Action } from '../actions.ts';
import type { Streams } from './streams.ts';

const BELL = '\u0007';

/** Rings once for what trips at one moment; what the terminal makes of it is a person's own choice. */
export function createBell({ stdout }: Streams): (action: Action) => void {
  return (action) => {
    if (action.type === 'lookoutNews' && action.events.some(({ type }) => type === 'tripped')) stdout.write(BELL);
  };
}
