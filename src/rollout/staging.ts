import { RemoteError } from '../base/errors.ts';
import { createLimit } from '../base/limit.ts';
import type { HostClient } from '../host/verbs.ts';
import type { RolloutContext } from './context.ts';
import type { Plan } from './plan.ts';
import { send } from './sending.ts';

/**
 * Everything that nobody sees: on all hosts at once, or as many as may be, the release is received, prepared and published.
 * Any failure stops the rollout before anything is switched; all failures are told, not the first alone.
 */
export async function stageAll(context: RolloutContext, signal: AbortSignal): Promise<void> {
  const { rollout } = context.settings;
  const limit = createLimit(rollout.parallel);
  const staged = await Promise.allSettled(context.hosts.map((host) => limit(() => stageHost(context, host, signal))));
  const failures = staged.filter((result) => result.status === 'rejected').map((result) => result.reason as unknown);
  if (failures.length === 0) return;
  failures.slice(1).forEach((failure) => {
    context.events.emit({ type: 'warning', message: failure instanceof Error ? failure.message : String(failure) });
  });
  throw failures[0];
}

async function stageHost(context: RolloutContext, host: HostClient, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
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
  // what runs already, and answers, needs no look at its files
  if (verify === 'all files' && !isFlip(plan)) {
    await host.verify({ release, digest: delivery.digest, shared: settings.shared }).catch((thrown: unknown) => {
      throw plan.kind === 'rollback' && isDamaged(thrown) ? noTarget(thrown, settings.stage) : thrown;
    });
  }
  // a good release stays good until this rollout of it has ended well
  if (delivery.ledger === undefined || delivery.wasGood) return;
  await host.ledger({ rollout: id, release, ledger: delivery.ledger.replace('"preparing"', '"ready"') });
}

/** A way back on which nothing is started: the traffic is switched, and that is all. */
function isFlip({ kind, steps }: Plan): boolean {
  return kind === 'rollback' && steps.every(({ type }) => type !== 'update');
}

function isDamaged(thrown: unknown): thrown is RemoteError {
  return thrown instanceof RemoteError && thrown.code === 'SLIP_VERIFY';
}

/** Deploying it again is no way back. */
function noTarget({ code, message, host, cause }: RemoteError, stage: string): RemoteError {
  return new RemoteError({
    ...{ code, message, cause },
    ...(host === undefined ? {} : { host }),
    mend: `Roll back to another release: slipway releases ${stage} lists them.`,
  });
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
