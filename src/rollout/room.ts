import { formatBytes } from '../base/bytes.ts';
import { RemoteError } from '../base/errors.ts';
import { quote } from '../base/shell.ts';
import { list } from '../base/text.ts';
import type { HostState } from '../host/state.ts';
import { folders, type Manifest } from '../release/manifest.ts';
import { expiredReleases } from '../release/retention.ts';
import type { Lack } from './deliver.ts';
import { instancesOf } from './fleet.ts';
import type { Stage } from './stage.ts';

/** What a release takes on a disk. */
export interface Space {
  readonly bytes: number;
  readonly inodes: number;
}

/** A file takes whole blocks, a folder one. */
const BLOCK = 4096;
/** The running apps and the journal need room, too. */
export const RESERVE: Space = { bytes: 16 << 20, inodes: 200 };

export interface Needing {
  readonly next: Manifest;
  /** The base is copied, not linked: a prepare step may write into it. */
  readonly copied: 'whole' | 'by links';
}

/** What sending will take on a host. Links take an inode for each folder, and none for a file. */
export function neededSpace({ there, delta, base }: Lack, { next, copied }: Needing): Space {
  if (there) return { bytes: 0, inodes: 0 };
  const made = base !== undefined && copied === 'by links' ? delta.upload : next.entries;
  const below = new Set(next.entries.flatMap(({ path }) => folders(path))).size + 1;
  const blocks = made.reduce((sum, { size }) => sum + Math.ceil(size / BLOCK), below);
  return { bytes: blocks * BLOCK, inodes: made.length + below };
}

/** Hosts that lack the same share one delta: each is counted once. */
function spaceNeeds(needing: Needing): (lack: Lack) => Space {
  const known = new Map<Lack['delta'], Space>();
  return (lack) => {
    const found = (lack.there ? undefined : known.get(lack.delta)) ?? neededSpace(lack, needing);
    if (!lack.there) known.set(lack.delta, found);
    return found;
  };
}

/** Refuses, before anything is sent, what some host has no room for; says what could be deleted there. */
export async function requireRoom(stage: Stage, states: readonly HostState[], looking: Looking): Promise<void> {
  const needs = spaceNeeds(looking);
  const short = states.flatMap((state) => {
    const lack = looking.lacks.find((one) => one.host === state.host);
    const needed = lack && needs(lack);
    return needed && isShort(state, needed) ? [{ state, needed }] : [];
  });
  if (short.length === 0) return;
  const told = await Promise.all(
    short.map(({ state, needed }) => tell(stage, { state, needed, deploying: looking.release })),
  );
  throw new RemoteError({
    code: 'SLIP_NO_ROOM',
    ...(short.length === 1 ? { host: short[0]!.state.host } : {}),
    message: `${list(short.map(({ state }) => state.host))} ${short.length === 1 ? 'has' : 'have'} no room for the release; nothing was sent.`,
    detail: told.flat(),
    mend: 'Delete what is listed above or make room otherwise, then deploy again. A lower keepReleases in hosts.json keeps fewer.',
  });
}

interface Looking extends Needing {
  readonly lacks: readonly Lack[];
  /** Its id. */
  readonly release: string;
}

/** A file system that makes inodes as it needs them says it has none. */
function isShort({ disk }: HostState, needed: Space): boolean {
  if (needed.bytes === 0) return false;
  const { freeBytes, freeInodes = 0 } = disk;
  const lacksInodes = freeInodes > 0 && needed.inodes + RESERVE.inodes > freeInodes;
  return lacksInodes || (freeBytes !== undefined && needed.bytes + RESERVE.bytes > freeBytes);
}

interface Short {
  readonly state: HostState;
  readonly needed: Space;
  readonly deploying: string;
}

async function tell(stage: Stage, { state, needed, deploying }: Short): Promise<string[]> {
  const { host, disk } = state;
  const kept = `${formatBytes(RESERVE.bytes)} of it are kept free`;
  const bytes = `${host}: ${formatBytes(needed.bytes + RESERVE.bytes)} are needed (${kept}), ${formatBytes(disk.freeBytes ?? 0)} are free`;
  const inodes = `${needed.inodes + RESERVE.inodes} files and folders, ${disk.freeInodes ?? 0} more are possible`;
  const { releases, space } = await deletable(stage, state, deploying);
  const { deployTo } = stage.settings.hosts.find((one) => one.name === host)!;
  const paths = releases.map((id) => quote(`${deployTo}/releases/${id}`));
  return [
    `${bytes}; ${inodes}.`,
    ...(releases.length > 0
      ? [
          `  Deleting releases that are not needed would free about ${formatBytes(space.bytes)} and ${space.inodes} files:`,
          `  rm -rf ${paths.join(' ')}`,
        ]
      : ['  No release there can be spared.']),
  ];
}

interface Deletable {
  readonly releases: readonly string[];
  readonly space: Space;
}

/** Releases that retention could do without, and what only they hold: files that a release has from its base are shared. */
async function deletable({ clients, manifests }: Stage, state: HostState, deploying: string): Promise<Deletable> {
  const inUse = new Set(
    instancesOf([state]).flatMap(({ current, previous }) => [current, previous].filter((id) => id !== undefined)),
  );
  const expired = new Set(
    expiredReleases({ releases: state.releases, keepReleases: 1, inUse, deploying, keptForReading: 0 }),
  );
  const present = state.releases.filter((one) => one.present);
  const read = await Promise.all(
    present.map(async ({ id, digest }) => ({
      id,
      manifest: await manifests.find(digest, clients.get(state.host)!).catch(() => undefined),
    })),
  );
  const files = (ofExpired: boolean) =>
    read
      .filter(({ id }) => expired.has(id) === ofExpired)
      .flatMap(({ manifest }) => manifest?.entries ?? [])
      .map(({ path, sha256, size }) => [`${sha256} ${path}`, size] as const);
  const staying = new Map(files(false));
  const going = [...new Map(files(true))].filter(([file]) => !staying.has(file));
  return {
    releases: present.filter(({ id }) => expired.has(id)).map(({ id }) => id),
    space: { bytes: going.reduce((sum, [, size]) => sum + Math.ceil(size / BLOCK) * BLOCK, 0), inodes: going.length },
  };
}
