import type { Readable } from 'node:stream';
import type { PrepareSettings, SharedSettings } from '../config/settings.ts';

/** What an upload to a host is, and what the host says of it. */
export interface ReceiveOptions {
  readonly rollout: string;
  readonly release: string;
  readonly base: string | undefined;
  /** How many files of the base go. */
  readonly gone: number;
  readonly digest: string;
  readonly ledger: string;
  readonly shared: SharedSettings;
  /** Steps that will run in the release: the base is then copied, never linked. */
  readonly prepare: readonly PrepareSettings[];
  /** The plan of the rollout, which is frozen on the host with it. */
  readonly plan?: string;
  /** Names what is sent over what: a later attempt at the same finds by it what has arrived. */
  readonly upload: string;
  /** What an earlier attempt has left, by the name that `arrived` told. */
  readonly kept?: string | undefined;
  /** What happens to what has come when the upload is cut off. */
  readonly whenCut: 'keep' | 'discard';
  readonly codec: 'gzip' | 'zstd';
  /** Files of the base that zstd unpacks the payload with. */
  readonly against: readonly string[];
  readonly payload: () => Readable;
  /** Of the payload. */
  readonly bytes: number;
  readonly signal: AbortSignal;
}

export type ReceiveAnswer =
  /** `left`: files that have come into the base since, and that the release was made without. */
  | { readonly type: 'received'; readonly left: readonly string[] }
  /** Files that stay are no longer what the manifest of the base says: they have to be sent, too. */
  | { readonly type: 'differs'; readonly paths: readonly string[] }
  /** The files of the base did not unpack it: it has to be packed without them. */
  | { readonly type: 'unpackable' };

export interface ArrivedOptions {
  readonly release: string;
  readonly digest: string;
  readonly upload: string;
  readonly prepare: readonly PrepareSettings[];
}

export type Arrived =
  /** It was received and, with nothing to prepare, published after all. */
  | { readonly type: 'there' }
  /** `files`: whole ones, each as its sha256, a space, and its path. */
  | { readonly type: 'part'; readonly name: string; readonly files: ReadonlySet<string> }
  | { readonly type: 'nothing' };
