import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeGroup } from './cgroups.ts';
import { joining } from './launch.ts';
import { cacheDir, consoleFile, linkOf, netnsFile, wireSettingsFile } from './places.ts';
import { identify, isAlive, must, type ProcessId } from './process.ts';
import { type HostRecord, readRecord, writeRecord } from './state.ts';

const source = join(import.meta.dirname, 'wire.c');

/** Compiles the frame carrier unless this version is there; returns the program. */
export async function ensureWire(): Promise<string> {
  const version = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 12);
  const program = join(cacheDir, `wire-${version}`);
  if (existsSync(program)) return program;
  mkdirSync(cacheDir, { recursive: true });
  const building = `${program}.${process.pid}`;
  await must(['gcc', '-O2', '-Wall', '-Wextra', '-o', building, source]);
  renameSync(building, program);
  return program;
}

/** Says how long the wire is; a running one learns it by SIGHUP. */
export function writeWireSettings(record: HostRecord): void {
  const oneWayMicroseconds = Math.round((record.rttMs * 1000) / 2);
  writeFileSync(wireSettingsFile(record.name), `${oneWayMicroseconds} ${Math.round(record.rateMbit * 1000)}\n`);
}

/** Starts the frame carrier; resolves when both its devices exist. */
export async function startWire(record: HostRecord, program: string): Promise<ProcessId> {
  writeWireSettings(record);
  const groups = makeGroup(record.name, 'wire');
  const argv = [program, netnsFile(record.name), 'eth0', linkOf(record.name), wireSettingsFile(record.name)];
  const [shell = '', ...args] = joining(groups, argv);
  const log = openSync(consoleFile(record.name), 'a');
  const child = spawn(shell, args, { detached: true, stdio: ['ignore', 'pipe', log] });
  closeSync(log);
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`The wire of ${record.name} ended with ${code ?? 'a signal'}`)));
    child.once('error', reject);
  });
  child.stdout?.destroy();
  child.unref();
  const wire = identify(child.pid ?? 0);
  if (!wire) throw new Error(`The wire of ${record.name} ended at once`);
  return wire;
}

/** Changes the delay or the rate of a running host. */
export function changeWire(host: string, change: Partial<Pick<HostRecord, 'rttMs' | 'rateMbit'>>): void {
  const record = { ...readRecord(host), ...change };
  const wire = record.power?.wire;
  if (!isAlive(wire)) throw new Error(`${host} hangs on a plain cable: boot it with a delay to change the line`);
  writeRecord(record);
  writeWireSettings(record);
  process.kill(wire.pid, 'SIGHUP');
}
