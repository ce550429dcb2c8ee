import type { Artifact } from '../release/artifact.ts';
import { uploadBytes } from '../release/delta.ts';
import { type Compare, comparing } from './deliver.ts';
import { createPacking, type Packing } from './packing.ts';
import type { Stage } from './stage.ts';

/** What there is to do here with an artifact, whatever the hosts will say. */
export interface HeadStart {
  readonly compare: Compare;
  readonly packing: Packing;
}

/** More than this is not packed before it is known that somebody needs it; up to here it stays in memory. */
const LITTLE = 1 << 20;

/**
 * While hosts are still logging us in: they most likely have the release before this one, and zstd. What turns out to be
 * needed is then there; what does not has cost nobody's time.
 */
export function headStart(stage: Stage, artifact: Artifact, signal: AbortSignal): HeadStart {
  const compare = comparing(artifact.manifest);
  const packing = createPacking(stage, artifact);
  const { grownFrom } = artifact;
  if (grownFrom) {
    stage.manifests.know(grownFrom);
    const little = uploadBytes(compare(grownFrom)) <= LITTLE;
    // whoever needs it in its turn says why it cannot be had
    if (little) packing.pack({ baseManifest: grownFrom, codec: 'zstd' }, signal).catch(() => undefined);
  }
  return { compare, packing };
}
