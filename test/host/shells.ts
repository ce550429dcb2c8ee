import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { isSoak } from '../support/soak.ts';
import { type LocalHost, localHost, type LocalHostOptions } from '../support/local-host.ts';

/** The shells and tools that hosts have. */
export const EVERY_SHELL = ['dash', 'bash', 'busybox'] as const;
export type Shell = (typeof EVERY_SHELL)[number];

/**
 * All of them in the soak. Else one, chosen by the name of the test file, so that each of them runs its share of the script
 * in every run; where shells differ most, the tests name EVERY_SHELL.
 */
export const SHELLS: readonly Shell[] = isSoak ? EVERY_SHELL : [shellOf(expect.getState().testPath ?? '')];

function shellOf(testFile: string): Shell {
  const hash = Buffer.from(basename(testFile)).reduce((sum, byte) => (Math.imul(sum, 31) + byte) >>> 0, 0);
  return EVERY_SHELL[hash % EVERY_SHELL.length]!;
}

const SYSTEM = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export interface HostOptions extends LocalHostOptions {
  /** A folder whose programs come before all others. */
  readonly first?: string;
}

/** Makes hosts whose every `sh` is the wanted shell; with busybox, every tool is its applet. Call it once a test file. */
export function hostMaker(): (shell: Shell, options?: HostOptions) => Promise<LocalHost> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'slipway-shells-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (shell, { first, ...options } = {}) => {
    const tools = `${layShell(join(folder, shell), shell)}:${SYSTEM}`;
    const env = { PATH: first === undefined ? tools : `${first}:${tools}`, ...options.env };
    return localHost({ ...options, shell: shell === 'busybox' ? ['busybox', 'sh'] : [shell], env });
  };
}

function layShell(bin: string, shell: Shell): string {
  try {
    mkdirSync(bin);
  } catch {
    return bin; // laid before
  }
  if (shell === 'busybox') execFileSync('busybox', ['--install', '-s', bin]);
  else symlinkSync(which(shell), join(bin, 'sh'));
  // the very Node of the tests: another one in PATH may be too old for the sample app
  symlinkSync(process.execPath, join(bin, 'node'));
  return bin;
}

/** Where this machine has a tool, past the shims that version managers put before it; undefined when it has not. */
export function find(tool: string): string | undefined {
  try {
    return execFileSync('/bin/sh', ['-c', 'command -v -- "$1"', 'sh', tool], { env: { PATH: SYSTEM } })
      .toString()
      .trim();
  } catch {
    return undefined;
  }
}

export function which(tool: string): string {
  const found = tool === 'node' ? process.execPath : find(tool);
  if (found === undefined) throw new Error(`${tool} is not installed: apt-get install ${tool}`);
  return found;
}

/** What every host has, and the script relies on: no client for http among it, and no other language. */
const BASE = `sh dash awk basename cat cp cut date dd df dirname find grep gzip head id ln ls mkdir mv od printf readlink rm
  rmdir sed setsid sha256sum sleep sort stat sync tail tar timeout touch tr uname wc xargs`;

/** A PATH with nothing but the basic tools and these, whatever else the machine has. */
export function onlyTools(tools: Readonly<Record<string, string>>): string {
  const bin = mkdtempSync(join(realpathSync(tmpdir()), 'slipway-tools-'));
  afterAll(() => rmSync(bin, { recursive: true, force: true }));
  for (const tool of BASE.split(/\s+/)) symlinkSync(which(tool), join(bin, tool));
  for (const [name, path] of Object.entries(tools)) symlinkSync(path, join(bin, name));
  return bin;
}
