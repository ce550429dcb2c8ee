import { ConnectionLostError, RemoteError } from '../base/errors.ts';
import { sanitise } from '../base/sanitise.ts';
import { list, plural } from '../base/text.ts';
import type { HostClient } from '../host/verbs.ts';
import type { ReceiveAnswer } from '../host/receiving.ts';
import { isAway } from '../host/away.ts';
import type { RolloutContext } from './context.ts';
import type { Sent } from './delivery.ts';
import { uploadFor } from './upload.ts';

export interface Sending {
  readonly way: Sent;
  readonly signal: AbortSignal;
}

/** What is known of a host that is being sent to. */
interface Dealing {
  readonly damaged: Set<string>;
  packAgainstOld: 'yes' | 'no';
  /** Whether the host may have something of an earlier attempt. */
  hadBefore: 'maybe' | 'no';
  /** Losses in a row. */
  losses: number;
  /** Whether what went out behind the lock has been asked for. */
  early: 'open' | 'taken';
}

/** Waits before the next attempt after a loss: a restart of a host takes half a minute. */
const PAUSES_MS = [1000, 2000, 4000, 8000, 15_000, 30_000];
/** An attempt that brought so much over shows that the line is up: the count of losses begins anew. */
const HEADWAY = 1 << 20;

/**
 * Brings the release to a host. A lost connection is taken up again where it broke off; a base that is not what its manifest
 * says is mended by sending what differs. Throws what neither helps against.
 */
export async function send(context: RolloutContext, host: HostClient, sending: Sending): Promise<void> {
  const { way, signal } = sending;
  const dealing: Dealing = {
    damaged: new Set(),
    packAgainstOld: 'yes',
    hadBefore: way.size === 'large' ? 'maybe' : 'no',
    losses: 0,
    early: 'open',
  };
  for (let done = false; !done;) {
    try {
      done = await attempt(context, host, { ...sending, dealing });
    } catch (thrown) {
      const pause = PAUSES_MS[dealing.losses];
      if (!isLoss(thrown, dealing) || pause === undefined || signal.aborted) throw thrown;
      dealing.losses += 1;
      dealing.hadBefore = 'maybe';
      const reason = `${thrown.message} Trying again.`;
      context.events.emit({ type: 'host.lost', host: host.host, reason });
      await context.clock.sleep(pause, signal);
    }
  }
}

function isLoss(thrown: unknown, { losses }: Dealing): thrown is RemoteError {
  if (thrown instanceof ConnectionLostError) return true;
  return losses > 0 && isAway(thrown);
}

interface Attempt extends Sending {
  readonly dealing: Dealing;
}

/** True when the release has been received. */
async function attempt(context: RolloutContext, host: HostClient, { way, dealing, signal }: Attempt): Promise<boolean> {
  const answer = await (takeEarly(context, host, dealing) ?? sendAnew(context, host, { way, dealing, signal }));
  switch (answer.type) {
    case 'there':
      return true;
    case 'received':
      tellLeft(context, host, { base: way.base, left: answer.left });
      return true;
    case 'unpackable':
      if (dealing.packAgainstOld === 'no') throw damagedBase(host, way.base);
      dealing.packAgainstOld = 'no';
      return false;
    case 'differs':
      takeNote(context, host, { way, dealing, paths: answer.paths });
      return false;
  }
}

/** What went out behind the lock was the first attempt. */
function takeEarly({ early }: RolloutContext, { host }: HostClient, dealing: Dealing) {
  if (dealing.early === 'taken') return undefined;
  dealing.early = 'taken';
  return early.get(host);
}

async function sendAnew(
  context: RolloutContext,
  host: HostClient,
  { way, dealing, signal }: Attempt,
): Promise<ReceiveAnswer | { readonly type: 'there' }> {
  const { plan, delivery, settings, events } = context;
  const what = { release: plan.release.id, digest: delivery.digest, upload: way.upload, prepare: settings.prepare };
  const arrived = dealing.hadBefore === 'maybe' ? await host.arrived(what) : undefined;
  if (dealing.losses > 0) events.emit({ type: 'host.connected', host: host.host });
  if (arrived?.type === 'there') return arrived;
  const part = arrived?.type === 'part' ? arrived : undefined;
  const { damaged, packAgainstOld } = dealing;
  const uploading = await uploadFor(context, host, {
    way,
    signal,
    found: { damaged: new Set(damaged), packAgainstOld, arrived: part?.files ?? new Set() },
    kept: part?.name,
    onSent: (bytes) => {
      if (bytes >= HEADWAY) dealing.losses = 0;
    },
  });
  return host.receive(uploading);
}

/** Names of files in a sentence: the first few, made fit for a terminal. */
function named(paths: readonly string[]): string {
  const first = paths.slice(0, 3).map((path) => sanitise(path));
  const more = paths.length - first.length;
  return list(more > 0 ? [...first, `${more} more`] : first);
}

interface Differing {
  readonly way: Sent;
  readonly dealing: Dealing;
  readonly paths: readonly string[];
}

function takeNote({ events, settings }: RolloutContext, host: HostClient, { way, dealing, paths }: Differing): void {
  const found = paths.filter((path) => !dealing.damaged.has(path));
  if (found.length === 0) throw damagedBase(host, way.base);
  found.forEach((path) => dealing.damaged.add(path));
  // what was joined for zstd may be of those files
  dealing.packAgainstOld = 'no';
  dealing.hadBefore = way.size === 'large' ? 'maybe' : 'no';
  const are = found.length === 1 ? 'is' : 'are';
  events.emit({
    type: 'warning',
    host: host.host,
    message: `${plural(found.length, 'file')} of ${way.base ?? 'the upload'} ${are} no longer what was sent: ${named(found)}. They are sent again.`,
    mend:
      settings.prepare.length > 0
        ? 'Did somebody edit them, or does a prepare step write into them? A step had better write files of its own.'
        : 'A release is not meant to be changed in its place: deploy the change instead.',
  });
}

function damagedBase({ host }: HostClient, base: string | undefined): RemoteError {
  return new RemoteError({
    code: 'SLIP_BASE_DAMAGED',
    host,
    message: `${host}: the new release cannot be made from ${base ?? 'what was sent'}: its files keep changing.`,
    mend: 'See that nothing writes into releases on the host, then deploy again.',
  });
}

interface Left {
  readonly base: string | undefined;
  readonly left: readonly string[];
}

function tellLeft({ events }: RolloutContext, { host }: HostClient, { base, left }: Left): void {
  if (left.length === 0) return;
  events.emit({
    type: 'warning',
    host,
    message: `${plural(left.length, 'file')} that came into ${base ?? 'the base'} on the host did not come along: ${named(left)}.`,
    mend: 'What has to outlive a release belongs into "shared" in hosts.json.',
  });
}
