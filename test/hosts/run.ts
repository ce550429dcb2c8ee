import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { powerOn } from './boot.ts';
import { destroyGroup, groupsExist } from './cgroups.ts';
import { initOf } from './guest.ts';
import { ensureImage } from './image.ts';
import { clientAddress, makeBridge, meanAddress, mostHosts, regularAddress, removeNetwork } from './network.ts';
import { installMissing } from './packages.ts';
import { disksDir, stateDir } from './places.ts';
import { seedDisk } from './seed.ts';
import { makeClientKey, writeSshFiles } from './ssh-files.ts';
import { currentBootId, type HostRecord, readRun, recordNames, writeRecord, writeRun } from './state.ts';
import { ensureWire } from './wire.ts';

export type RunOptions = {
  readonly count: number;
  readonly rttMs: number;
  readonly rateMbit: number;
  readonly mean: boolean;
  /** Stay up when this process ends. */
  readonly kept: boolean;
  readonly say: (line: string) => void;
};

/** Boots the hosts. The caller holds the lock. Whatever an earlier run left is cleared first; a run kept on purpose is not. */
export async function startRun(options: RunOptions): Promise<void> {
  if (!(options.count >= 0 && options.count <= mostHosts)) throw new Error(`The number of hosts is 0 to ${mostHosts}`);
  refuseToDisturb();
  await installMissing(options.say);
  if (hasLeftovers()) options.say('Clearing what an earlier run left behind');
  await clearEverything();
  const image = await ensureImage(options.say);
  const needsWire = options.rttMs > 0 || options.rateMbit > 0;
  const records = plan(options, image, needsWire ? await ensureWire() : undefined);
  try {
    await bootAll(records);
  } catch (error) {
    await clearEverything();
    throw error;
  }
  const startedBy = `process ${process.pid}`;
  writeRun({ bootId: currentBootId(), kept: options.kept, startedBy, since: new Date().toISOString() });
}

/** Ends every host and removes everything of theirs; what is not there is not missed. */
export async function clearEverything(): Promise<void> {
  await destroyGroup();
  await removeNetwork();
  rmSync(disksDir, { recursive: true, force: true });
  rmSync(stateDir, { recursive: true, force: true });
}

function hasLeftovers(): boolean {
  return groupsExist() || existsSync(stateDir) || existsSync(disksDir);
}

function refuseToDisturb(): void {
  const run = readRun();
  if (!run?.kept || !recordNames().some((name) => initOf(name) !== undefined)) return;
  throw new Error(`Test hosts are up, kept by ${run.startedBy} since ${run.since}. Type: npm run hosts -- down`);
}

function plan(options: RunOptions, image: string, wireProgram: string | undefined): HostRecord[] {
  const { rttMs, rateMbit } = options;
  const common = { power: undefined, image, rttMs, rateMbit, ...(wireProgram !== undefined && { wireProgram }) };
  const regular = Array.from({ length: options.count }, (_, index): HostRecord => {
    return { ...common, kind: 'regular', name: `fra-${index + 1}`, address: regularAddress(index + 1) };
  });
  return options.mean ? [...regular, { ...common, kind: 'mean', name: 'mean-1', address: meanAddress }] : regular;
}

async function bootAll(records: readonly HostRecord[]): Promise<void> {
  mkdirSync(stateDir, { recursive: true, mode: 0o755 });
  const [clientKey] = await Promise.all([makeClientKey(), makeBridge()]);
  const hostsFile = [
    '127.0.0.1 localhost',
    '::1 localhost ip6-localhost',
    `${clientAddress} client`,
    ...records.map(({ address, name }) => `${address} ${name}`),
  ].join('\n');
  await allOf(
    records.map(async (record) => {
      writeRecord(record);
      await seedDisk(record, `${hostsFile}\n`, clientKey);
      await powerOn(record.name);
    }),
  );
  writeSshFiles(records);
}

/** Waits for all, also after a failure: nothing may still be starting while the caller clears up. */
async function allOf(works: readonly Promise<void>[]): Promise<void> {
  const ended = await Promise.allSettled(works);
  const failed = ended.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}
