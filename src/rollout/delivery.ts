import type { Readable } from 'node:stream';
import type { HostClient } from '../host/verbs.ts';

/** How the files of a release come to one host: sent over a base, or already there and only to be verified. */
export type HostDelivery =
  | { readonly type: 'reuse'; readonly verify: 'all files' | 'trust' }
  | {
      readonly type: 'send';
      readonly base: string | undefined;
      /** Packs once for all hosts with the same base; `bytes` is what goes over the wire. */
      readonly pack: (signal: AbortSignal) => Promise<Upload>;
    };

export interface Upload {
  readonly bytes: number;
  readonly open: () => Readable;
}

export interface Delivery {
  readonly digest: string;
  /** It was good before this rollout. */
  readonly wasGood: boolean;
  /** The ledger line of the release; undefined when the ledger stays as it is (a rollback). */
  readonly ledger: string | undefined;
  to(host: HostClient): HostDelivery;
  /** Removes what was packed. */
  dispose(): Promise<void>;
}
