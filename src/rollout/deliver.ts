import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostState, ReleaseRecord } from '../host/state.ts';
import type { HostClient } from '../host/verbs.ts';
import type { Artifact } from '../release/artifact.ts';
import { chooseBase, delta, type Delta, uploadBytes } from '../release/delta.ts';
import type { Manifest } from '../release/manifest.ts';
import { packPayload, type Payload } from '../release/payload.ts';
import type { Delivery, HostDelivery, Upload } from './delivery.ts';
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
}

/** Finds the base on every host that leaves the fewest bytes to send. */
export async function findLacks(
  stage: Stage,
  states: readonly HostState[],
  wanted: { readonly release: string; readonly recipe: string; readonly manifest: Manifest },
): Promise<readonly Lack[]> {
  return Promise.all(
    states.map(async (state) => {
      const usable = state.releases.filter((record) => isUsable(record) && record.recipe === wanted.recipe);
      const there = usable.some((record) => record.id === wanted.release && record.digest === wanted.manifest.digest);
      const base = there ? undefined : await findBase(stage, state, { usable, next: wanted.manifest });
      return {
        host: state.host,
        there,
        base: base?.release,
        baseManifest: base?.manifest,
        delta: delta(base?.manifest, wanted.manifest),
      };
    }),
  );
}

function isUsable(record: ReleaseRecord): boolean {
  return record.present && record.status !== 'preparing';
}

/** More candidates than this are not worth the look: releases further back differ more. */
const CANDIDATES = 3;

interface Base {
  readonly release: string;
  readonly manifest: Manifest;
}

async function findBase(
  { clients, manifests }: Stage,
  state: HostState,
  { usable, next }: { readonly usable: readonly ReleaseRecord[]; readonly next: Manifest },
): Promise<Base | undefined> {
  const host = clients.get(state.host)!;
  const newest = usable.slice(-CANDIDATES);
  const candidates = await Promise.all(
    newest.map(async ({ id, digest }) => ({ release: id, manifest: await manifests.find(digest, host) })),
  );
  return chooseBase(
    candidates.filter((one): one is Base => one.manifest !== undefined),
    next,
  );
}

/** The plan's words for a lack. */
export function hostPlan(
  lack: Lack,
  plans: { readonly prepare: readonly string[]; readonly prune: readonly string[] },
): HostPlan {
  const { host, there, base } = lack;
  const upload = there
    ? ('reuse' as const)
    : { files: lack.delta.upload.length, bytes: uploadBytes(lack.delta), remove: goneCount(lack.delta) };
  return { host, base, upload, prepare: there ? [] : plans.prepare, prune: plans.prune };
}

/** Replaced files are removed first, too; a reader only cares for what goes for good. */
function goneCount({ remove, upload }: Delta): number {
  const replaced = new Set(upload.map((entry) => entry.path));
  return remove.filter((path) => !replaced.has(path)).length;
}

export interface DeliveryOptions {
  readonly stage: Stage;
  readonly artifact: Artifact;
  readonly lacks: readonly Lack[];
  readonly wasGood: boolean;
  /** With status "preparing". */
  readonly ledger: string;
}

/** Sends each host what it lacks; a payload is packed once for all hosts with the same base. */
export function createDelivery({ stage, artifact, lacks, ledger, wasGood }: DeliveryOptions): Delivery {
  const packed = new Map<string, Promise<Payload>>();
  const workDir = join(stage.cacheDir, 'payloads');
  const pack = async ({ baseManifest: base, delta }: Lack, signal: AbortSignal): Promise<Upload> => {
    const digest = base?.digest ?? '';
    const payload = packed.get(digest) ?? packPayload({ artifact, delta, base, workDir, signal });
    packed.set(digest, payload);
    const { file, bytes } = await payload;
    return { bytes, open: () => createReadStream(file, { highWaterMark: 256 * 1024 }) };
  };
  return {
    digest: artifact.manifest.digest,
    wasGood,
    ledger,
    to: ({ host }: HostClient): HostDelivery => {
      const lack = lacks.find((one) => one.host === host);
      if (!lack || lack.there) return { type: 'reuse', verify: 'trust' };
      return { type: 'send', base: lack.base, pack: (signal) => pack(lack, signal) };
    },
    dispose: async () => {
      const payloads = await Promise.allSettled(packed.values());
      const files = payloads.flatMap((payload) => (payload.status === 'fulfilled' ? [payload.value.file] : []));
      await Promise.all(files.map((file) => rm(file, { force: true })));
    },
  };
}
