import { RemoteError, SlipwayError } from '../base/errors.ts';
import { describeHost } from './spec.ts';
import type { HostSpec } from './spec.ts';
import type { Hop, TransportName } from './transport.ts';

/** The use of a connection that others may use as well. */
export interface Lease {
  readonly hop: Hop;
  /** Closes the connection when nobody else uses it. */
  release(): void;
}

interface Shared {
  readonly hop: Promise<Hop>;
  readonly abandoned: AbortController;
  users: number;
}

const shared = new Map<string, Shared>();

export interface LeaseRequest {
  /** The host to go through. */
  readonly spec: HostSpec;
  readonly transport: TransportName | undefined;
  /** Makes the connection when there is none. It is given up when nobody waits for it any more. */
  readonly dial: (signal: AbortSignal) => Promise<Hop>;
  readonly signal: AbortSignal | undefined;
}

/**
 * One connection to a host, whoever goes through it, for the whole process: fifty hosts behind a bastion would else log in
 * to it fifty times, and it would drop most of them. A lost one is made anew for the next who asks.
 */
export async function leaseHop(request: LeaseRequest): Promise<Lease> {
  const key = identityOf(request);
  const entry = shared.get(key) ?? begin(key, request);
  entry.users += 1;
  let isHeld = true;
  const release = () => {
    if (!isHeld) return;
    isHeld = false;
    entry.users -= 1;
    if (entry.users === 0) end(key, entry);
  };
  try {
    return { hop: await unlessAborted(entry.hop, request.signal), release };
  } catch (error) {
    release();
    throw error;
  }
}

/** Everything that decides who is asked to let us in, and whom we trust. The name is only for people. */
function identityOf({ spec, transport }: LeaseRequest): string {
  return JSON.stringify([transport ?? '', { ...spec, name: '' }]);
}

function begin(key: string, { dial }: LeaseRequest): Shared {
  const abandoned = new AbortController();
  const entry: Shared = { hop: dial(abandoned.signal), abandoned, users: 0 };
  const forget = () => {
    if (shared.get(key) === entry) shared.delete(key);
  };
  shared.set(key, entry);
  entry.hop.then((hop) => {
    hop.over.addEventListener('abort', forget, { once: true });
    if (hop.over.aborted) forget();
  }, forget);
  return entry;
}

function end(key: string, entry: Shared): void {
  if (shared.get(key) === entry) shared.delete(key);
  entry.abandoned.abort(new Error('nobody needs it any more'));
  entry.hop.then(
    (hop) => void hop.close(),
    () => undefined,
  );
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** The last of the hosts on the way, which is reached through those before it. */
export function lastHop({ jumps }: HostSpec): HostSpec | undefined {
  const last = jumps.at(-1);
  return last?.jumps.length === 0 ? { ...last, jumps: jumps.slice(0, -1) } : last;
}

/** A host was not reached because one on the way to it was not. */
export function onTheWay(spec: HostSpec, error: unknown): unknown {
  if (!(error instanceof SlipwayError)) return error;
  return new RemoteError({
    code: error.code,
    host: spec.name,
    message: `${describeHost(spec)} is reached through another host. ${error.message}`,
    ...(error.mend === undefined ? {} : { mend: error.mend }),
    detail: error.detail,
    cause: error,
  });
}
