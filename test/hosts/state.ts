import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type ProcessId, readOrUndefined } from './process.ts';
import { recordFile, recordsDir, runFile } from './places.ts';

/** A host with everything another process needs to reach it, cut it or boot it again. One file a host: suites change different hosts at once. */
export type HostRecord = {
  readonly name: string;
  readonly kind: HostKind;
  readonly address: string;
  readonly rttMs: number;
  readonly rateMbit: number;
  readonly image: string;
  /** The program that delays frames; absent at RTT 0, where a plain cable is used. */
  readonly wireProgram?: string;
  readonly power: Power | undefined;
};

/** The processes of a host that is on: systemd-nspawn's parent, and the wire unless the RTT is 0. */
export type Power = { readonly machine: ProcessId; readonly wire: ProcessId | undefined };

/** `mean` is the stingiest host we promise to work with. */
export type HostKind = 'regular' | 'mean';

/** The hosts that are up, as a whole. Written when all of them are. */
export type RunRecord = {
  /** The kernel's boot: process numbers of an earlier one mean nothing. */
  readonly bootId: string;
  /** Kept up for people or for later runs, not ended together with the process that started them. */
  readonly kept: boolean;
  readonly startedBy: string;
  readonly since: string;
};

export function currentBootId(): string {
  return (readOrUndefined('/proc/sys/kernel/random/boot_id') ?? '').trim();
}

export function readRun(): RunRecord | undefined {
  const run = readJson(runFile) as RunRecord | undefined;
  return run?.bootId === currentBootId() ? run : undefined;
}

export function writeRun(run: RunRecord): void {
  writeJson(runFile, run);
}

export function readRecord(host: string): HostRecord {
  const record = readJson(recordFile(host)) as HostRecord | undefined;
  if (record) return record;
  throw new Error(`No test host named ${host}. Up are: ${recordNames().join(' ') || 'none'}`);
}

export function writeRecord(record: HostRecord): void {
  writeJson(recordFile(record.name), record);
}

/** Names of all hosts of the run: regular ones in order, then the mean one. */
export function recordNames(): string[] {
  try {
    const names = readdirSync(recordsDir).filter((name) => name.endsWith('.json'));
    return names
      .map((name) => name.slice(0, -'.json'.length))
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  } catch {
    return [];
  }
}

function readJson(path: string): unknown {
  const text = readOrUndefined(path);
  return text === undefined ? undefined : JSON.parse(text);
}

/** Readers see the old text or the new one, never half of it. */
function writeJson(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(temporary, path);
}
