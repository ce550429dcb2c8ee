import type { Readable } from 'node:stream';
import type { HostClient } from '../host/verbs.ts';
import type { Codec } from '../release/compress.ts';

/** How the files of a release come to one host: sent over a base, or already there and only to be verified. */
export type HostDelivery = { readonly type: 'reuse'; readonly verify: 'all files' | 'trust' } | Sent;

export interface Sent {
  readonly type: 'send';
  readonly base: string | undefined;
  /** Files of the base that the release has no more. */
  readonly gone: number;
  /** Names what is sent over what: a later attempt finds by it what has arrived. */
  readonly upload: string;
  /** Large: worth keeping when it is cut off, and worth asking for what was kept. */
  readonly size: 'small' | 'large';
  /** Packs once for all hosts that need the same. */
  readonly pack: (signal: AbortSignal, found?: Found) => Promise<Upload>;
}

/** What attempts at sending have found out about a host. */
export interface Found {
  /** Files of the base that are no longer what its manifest says. */
  readonly damaged: ReadonlySet<string>;
  /** What arrived earlier: sha256, a space, the path. */
  readonly arrived: ReadonlySet<string>;
  /** `no`: its files of the base did not unpack what was packed against them. */
  readonly packAgainstOld: 'yes' | 'no';
}

export interface Upload {
  /** What goes over the wire. */
  readonly bytes: number;
  readonly codec: Codec;
  /** Files of the base that zstd unpacks it with. */
  readonly against: readonly string[];
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
