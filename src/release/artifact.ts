import type { Manifest, ManifestEntry } from './manifest.ts';

/** What is to become a release: a tree of files on this machine, built once, the same for every host and stage. */
export interface Artifact {
  /** Absolute path of the folder that holds the files. */
  readonly tree: string;
  readonly manifest: Manifest;
  readonly origin: Origin;
  /** Of the artifact that it was told from: what hosts most likely have. */
  readonly grownFrom?: Manifest;
  /** Lays down what the tree lacks of these; to be waited for before files are read. Left out when it holds everything. */
  readonly lay?: (entries: readonly ManifestEntry[]) => Promise<void>;
}

export type Origin =
  | {
      readonly type: 'git';
      /** The whole commit id. */
      readonly revision: string;
      /** What was asked for: HEAD, a branch, a tag. */
      readonly ref: string;
      readonly subject: string;
      readonly author: string;
      /** Changes of the working tree that are not part of the release, when HEAD was deployed from a dirty tree. */
      readonly leftOut: readonly string[];
      /** How many there are: `leftOut` names the first twenty. */
      readonly leftOutCount: number;
    }
  | { readonly type: 'dir'; readonly dir: string };
