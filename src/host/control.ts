import { type CallContext, startCall } from './call.ts';
import type { Control } from './verbs.ts';
import { text } from './frames.ts';

/** Longer than this without an answer to a beat, and the host is gone (beats come every 15 s). */
const QUIET_MS = 45_000;

export async function openControl(
  context: CallContext,
  rollout: string,
  onLine: (line: string) => void,
): Promise<Control> {
  const started = await startCall(
    context,
    { verb: 'control', variables: { rollout } },
    { stdin: 'alone', quietMs: QUIET_MS, onFrame: (frame) => frame.kind === 'control' && onLine(text(frame, 0)) },
  );
  const ended = started.done.then(
    () => undefined,
    () => undefined, // whoever needs the host next learns why
  );
  started.write('b\n');
  // what happens at one moment goes in one packet
  let lines: string[] = [];
  const flush = () => {
    const text = lines.join('');
    lines = [];
    if (text !== '') started.write(text);
  };
  return {
    beat: () => started.write('b\n'),
    journal: (line) => {
      if (lines.push(`e ${line}\n`) === 1) setImmediate(flush);
    },
    close: async () => {
      flush();
      started.end();
      await ended;
    },
    ended,
  };
}
