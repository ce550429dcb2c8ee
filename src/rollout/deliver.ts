import { hash } from 'node:crypto';
import type { HostState, ReleaseRecord } from '../host/state.ts';
import type { Settings } from '../config/settings.ts';
import type { HostClient, Spare } from '../host/verbs.ts';
import type { Artifact } from '../release/artifact.ts';
import { type Codec, codecFor } from '../release/compress.ts';
import { chooseBase, delta, type Delta, uploadBytes } from '../release/delta.ts';
import type { Manifest } from '../release/manifest.ts';
import type { Delivery, HostDelivery } from './delivery.ts';
import type { Packing } from './packing.ts';
import type { HostPlan } from './plan.ts';
import type { Stage } from './stage.ts';

/** What one host has of a release, and what it lacks. */
export interface Lack {
  readonly host: string;
  /** Its files are there, published. */
  readonly there: boolean;
  readonly base: string | undefined;
  /** Of the base: hosts with the same one are sent the same payload. */
  readonly baseManifest: Manifest | undefined;
  readonly delta: Delta;
  /** What it can unpack. */
  readonly codec: Codec;
}

/** What a prepare step may write into is copied whole, and from what the step has left: no copy is made ahead. */
export function spareFor({ prepare }: Settings): Spare {
  return prepare.length === 0 ? 'wanted' : 'none';
}

/** Finds the base on every host that leaves the fewest bytes to send. */
export async function findLacks(
  stage: Stage,
  states: readonly HostState[],
  wanted: { readonly release: string; readonly recipe: string; readonly manifest: Manifest; readonly compare: Compare },
): Promise<readonly Lack[]> {
  const { compare } = wanted;
  return Promise.all(
    states.map(async (state) => {
      const usable = state.releases.filter((record) => isUsable(record) && record.recipe === wanted.recipe);
      const there = usable.some((record) => record.id === wanted.release && record.digest === wanted.manifest.digest);
      const base = there ? undefined : await findBase(stage, state, { usable, next: wanted.manifest, compare });
      return {
        host: state.host,
        there,
        base: base?.release,
        baseManifest: base?.manifest,
        delta: compare(base?.manifest),
        codec: codecFor(state.tools),
      };
    }),
  );
}

export type Compare = (base: Manifest | undefined) => Delta;

/** Most hosts have the same releases: each is compared once. */
export function comparing(next: Manifest): Compare {
  const known = new Map<string | undefined, Delta>();
  return (base) => {
    const found = known.get(base?.digest) ?? delta(base, next);
    known.set(base?.digest, found);
    return found;
  };
}

function isUsable(record: ReleaseRecord): boolean {
  return record.present && record.status !== 'preparing';
}

/** More candidates than this are not worth the look: releases further back differ more. */
const CANDIDATES = 3;
/** Nor is any, when the newest leaves so little to send. */
const LITTLE = 256 * 1024;

interface Base {
  readonly release: string;
  readonly manifest: Manifest;
}

interface Finding {
  readonly usable: readonly ReleaseRecord[];
  readonly next: Manifest;
  readonly compare: Compare;
}

async function findBase(
  { clients, manifests }: Stage,
  state: HostState,
  { usable, next, compare }: Finding,
): Promise<Base | undefined> {
  const host = clients.get(state.host)!;
  const candidates: Base[] = [];
  for (const { id, digest } of usable.slice(-CANDIDATES).reverse()) {
    const manifest = await manifests.find(digest, host);
    if (manifest) candidates.unshift({ release: id, manifest });
    if (manifest && uploadBytes(compare(manifest)) <= LITTLE) break;
  }
  return chooseBase(candidates, next, compare);
}

/** The plan's words for a lack. */
export function hostPlan(
  lack: Lack,
  plans: { readonly prepare: readonly string[]; readonly prune: readonly string[] },
): HostPlan {
  const { host, there, base } = lack;
  const upload = there
    ? ('reuse' as const)
    : { files: lack.delta.upload.length, bytes: uploadBytes(lack.delta), remove: lack.delta.gone.length };
  return { host, base, upload, prepare: there ? [] : plans.prepare, prune: plans.prune };
}

export interface DeliveryOptions {
  readonly artifact: Artifact;
  readonly packing: Packing;
  readonly lacks: readonly Lack[];
  readonly wasGood: boolean;
  /** With status "preparing". */
  readonly ledger: string;
}

/** So much that it is worth a question what of it has arrived before. */
const LARGE = 1 << 20;

/** Sends each host what it lacks; a payload is packed once for all hosts that need the same. */
export function createDelivery({ artifact, packing, lacks, ledger, wasGood }: DeliveryOptions): Delivery {
  const { digest } = artifact.manifest;
  return {
    digest,
    wasGood,
    ledger,
    to: ({ host }: HostClient): HostDelivery => {
      const lack = lacks.find((one) => one.host === host);
      if (!lack || lack.there) return { type: 'reuse', verify: 'trust' };
      return {
        type: 'send',
        base: lack.base,
        gone: lack.delta.gone.length,
        upload: hash('sha256', `${digest} ${lack.baseManifest?.digest ?? ''}`).slice(0, 16),
        size: uploadBytes(lack.delta) >= LARGE ? 'large' : 'small',
        pack: (signal, found) => packing.pack(lack, signal, found),
      };
    },
    dispose: () => packing.dispose(),
  };
}
