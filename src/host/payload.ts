import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { Bug } from '../base/errors.ts';
import type { HostShell } from './shell.ts';

/** The request tells the host how long it is: it is exactly that long, or never whole. */
export interface Payload {
  readonly bytes: number;
  readonly open: () => Readable;
}

/** Returns why the payload could not be read, should that be the reason for whatever comes. */
export function sendPayload(shell: HostShell, { bytes, open }: Payload, heard: () => void): () => unknown {
  let unread: unknown;
  const passed = async function* () {
    let left = bytes;
    try {
      for await (const chunk of open()) {
        heard(); // that the host takes it is a sign of life
        left -= (chunk as Buffer).length;
        if (left < 0) break;
        yield chunk as Buffer;
      }
      if (left !== 0) throw new Bug(`A payload of ${bytes} bytes has changed its length.`);
    } catch (thrown) {
      unread = thrown;
      throw thrown;
    }
  };
  void shell
    .stdin()
    .then((stdin) => pour(passed(), stdin))
    .catch(() => {
      // the host would wait for the rest of it; in every other case it says itself what is wrong
      if (unread !== undefined) shell.close();
    });
  return () => unread;
}

/** What a pipeline leaves listening would pile up on a stdin that takes one payload after the other. */
async function pour(chunks: AsyncIterable<Buffer>, stdin: Writable): Promise<void> {
  for await (const chunk of chunks) {
    if (!stdin.writable) return;
    if (!stdin.write(chunk)) await drained(stdin);
  }
}

async function drained(stdin: Writable): Promise<void> {
  if (!stdin.writable) return;
  const heard = new AbortController();
  const { signal } = heard;
  try {
    await Promise.race([once(stdin, 'drain', { signal }), once(stdin, 'close', { signal })]);
  } finally {
    heard.abort();
  }
}
