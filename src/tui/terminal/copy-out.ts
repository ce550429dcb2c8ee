import type { Store } from '../store.ts';
import { copySequence } from './osc52.ts';
import type { Streams } from './streams.ts';

interface Terminal {
  readonly store: Store;
  readonly streams: Streams;
  readonly env: NodeJS.ProcessEnv;
}

/** Puts text into the clipboard of the terminal, and says so: nobody sees whether it took it. */
export function createCopyOut({ store, streams, env }: Terminal): (text: string) => void {
  return (text) => {
    const copy = copySequence(text, env);
    if (copy.type === 'tooLong') {
      const said = `${copy.bytes} bytes are more than terminals take (${copy.limit}): nothing was copied`;
      store.dispatch({ type: 'notify', text: said, style: 'warn' });
      return;
    }
    streams.stdout.write(copy.sequence);
    const shown = text.includes('\n') ? '' : `: ${text}`;
    // tmux tells nobody that it keeps the text to itself, which it does unless it is told otherwise
    const hint = env['TMUX'] ? ' (tmux hands it on with: set -g set-clipboard on)' : '';
    store.dispatch({ type: 'notify', text: `copied ${copy.bytes} bytes${shown}${hint}`, style: 'ok' });
  };
}
