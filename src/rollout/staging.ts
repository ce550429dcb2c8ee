import { Readable } from 'node:stream';
import type { HostClient, ReceiveOptions } from '../host/verbs.ts';
import type { RolloutContext } from './context.ts';
import type { HostDelivery, Upload } from './delivery.ts';

/**
 * Everything that nobody sees: on all hosts at once the release is received, prepared and published. Any failure stops the
 * rollout before anything is switched; all failures are told, not the first alone.
 */
export async function stageAll(context: RolloutContext, signal: AbortSignal): Promise<void> {
  const staged = await Promise.allSettled(context.hosts.map((host) => stageHost(context, host, signal)));
  const failures = staged.filter((result) => result.status === 'rejected').map((result) => result.reason as unknown);
  if (failures.length === 0) return;
  failures.slice(1).forEach((failure) => {
    context.events.emit({ type: 'warning', message: failure instanceof Error ? failure.message : String(failure) });
  });
  throw failures[0];
}

async function stageHost(context: RolloutContext, host: HostClient, signal: AbortSignal): Promise<void> {
  const { plan, events, delivery, settings } = context;
  const way = delivery.to(host);
  events.emit({ type: 'host.connected', host: host.host });
  switch (way.type) {
    case 'reuse':
      await host.rollout(context.id, JSON.stringify(plan));
      await reuse(context, host, way.verify);
      break;
    case 'send':
      await send(context, host, { way, signal });
      if (settings.prepare.length > 0) await prepare(context, host, { base: way.base, signal });
      break;
  }
  events.emit({ type: 'host.ready', host: host.host, release: plan.release.id, reused: way.type === 'reuse' });
}

async function reuse(context: RolloutContext, host: HostClient, verify: 'all files' | 'trust'): Promise<void> {
  const { id, plan, delivery, settings } = context;
  const release = plan.release.id;
  if (verify === 'all files') await host.verify({ release, digest: delivery.digest, shared: settings.shared });
  // a good release stays good until this rollout of it has ended well
  if (delivery.ledger === undefined || delivery.wasGood) return;
  await host.ledger({ rollout: id, release, ledger: delivery.ledger.replace('"preparing"', '"ready"') });
}

interface Sending {
  readonly way: Extract<HostDelivery, { type: 'send' }>;
  readonly signal: AbortSignal;
}

async function send(context: RolloutContext, host: HostClient, sending: Sending): Promise<void> {
  await (context.early.get(host.host) ?? host.receive(await uploadFor(context, host, sending)));
}

/** What a host is sent. It counts the bytes that go by. */
export async function uploadFor(
  context: RolloutContext,
  host: HostClient,
  { way, signal }: Sending,
): Promise<ReceiveOptions> {
  const { id, plan, delivery, settings, events } = context;
  const upload = await way.pack(signal);
  const counted = (sent: number) => events.emit({ type: 'sync.progress', host: host.host, sent, total: upload.bytes });
  counted(0);
  return {
    rollout: id,
    release: plan.release.id,
    base: way.base,
    digest: delivery.digest,
    ledger: delivery.ledger ?? '',
    shared: settings.shared,
    prepare: settings.prepare,
    plan: JSON.stringify(plan),
    payload: () => Readable.from(counting(upload, counted, context), { objectMode: false }),
    bytes: upload.bytes,
    signal,
  };
}

/** Tells how many bytes have gone by, at most ten times a second, and at the end. A file that cannot be read fails the call. */
async function* counting(upload: Upload, counted: (sent: number) => void, { clock }: RolloutContext) {
  let sent = 0;
  let told = 0;
  for await (const chunk of upload.open() as AsyncIterable<Buffer>) {
    sent += chunk.length;
    if (clock.now() - told >= 100) {
      told = clock.now();
      counted(sent);
    }
    yield chunk;
  }
  counted(sent);
}

interface Preparing {
  readonly base: string | undefined;
  readonly signal: AbortSignal;
}

async function prepare(context: RolloutContext, host: HostClient, { base, signal }: Preparing): Promise<void> {
  const { id, plan, settings, events } = context;
  await host.prepare({
    rollout: id,
    stage: settings.stage,
    release: plan.release.id,
    base,
    steps: settings.prepare,
    shared: settings.shared,
    signal,
    onStep: ({ run, state }) =>
      state === 'started'
        ? events.emit({ type: 'prepare.started', host: host.host, run })
        : events.emit({ type: 'prepare.finished', host: host.host, run, reused: state === 'reused' }),
    onLine: (line) => events.emit({ type: 'hook.output', host: host.host, line }),
  });
}
