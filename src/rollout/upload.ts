import { Readable } from 'node:stream';
import type { HostClient } from '../host/verbs.ts';
import type { ReceiveOptions } from '../host/receiving.ts';
import type { RolloutContext } from './context.ts';
import type { Found, Sent, Upload } from './delivery.ts';

export interface Uploading {
  readonly way: Sent;
  readonly signal: AbortSignal;
  /** What earlier attempts have found out. */
  readonly found?: Found;
  /** What one of them has left there, by its name. */
  readonly kept?: string | undefined;
  readonly onSent?: (bytes: number) => void;
}

/** What a host is sent. It counts the bytes that go by. */
export async function uploadFor(
  context: RolloutContext,
  host: HostClient,
  uploading: Uploading,
): Promise<ReceiveOptions> {
  const { id, plan, delivery, settings, events } = context;
  const { way, signal, found, kept, onSent } = uploading;
  const upload = await way.pack(signal, found);
  const counted = (sent: number) => {
    onSent?.(sent);
    events.emit({ type: 'sync.progress', host: host.host, sent, total: upload.bytes });
  };
  counted(0);
  return {
    rollout: id,
    release: plan.release.id,
    base: way.base,
    gone: way.gone,
    digest: delivery.digest,
    ledger: delivery.ledger ?? '',
    shared: settings.shared,
    prepare: settings.prepare,
    plan: JSON.stringify(plan),
    upload: way.upload,
    kept,
    whenCut: way.size === 'large' ? 'keep' : 'discard',
    codec: upload.codec,
    against: upload.against,
    payload: () => Readable.from(passed(context, upload, { counted, signal }), { objectMode: false }),
    bytes: upload.bytes,
    signal,
  };
}

interface Passing {
  readonly counted: (sent: number) => void;
  readonly signal: AbortSignal;
}

/** Tells how many bytes have gone by, at most ten times a second, and at the end. A file that cannot be read fails the call. */
async function* passed(
  { clock, uplink }: RolloutContext,
  upload: Upload,
  { counted, signal }: Passing,
): AsyncGenerator<Buffer> {
  let sent = 0;
  let told = 0;
  for await (const chunk of upload.open() as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length; at += uplink.piece) {
      const piece = chunk.subarray(at, at + uplink.piece);
      await uplink.pass(piece.length, signal);
      sent += piece.length;
      if (clock.now() - told >= 100) {
        told = clock.now();
        counted(sent);
      }
      yield piece;
    }
  }
  counted(sent);
}
