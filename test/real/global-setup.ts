import { execFile } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { attachHosts, bootHosts, type Hosts } from '../hosts/hosts.ts';
import { identify } from '../hosts/process.ts';
import { readRun } from '../hosts/state.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The built program that all suites run. */
    readonly bundle: string;
  }
}

const root = join(import.meta.dirname, '../..');
const builds = join(root, 'node_modules/.cache/slipway-real');

/** Builds slipway and boots the hosts that all suites share: five regular ones 40 ms away, and the mean one. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const [bundle, hosts] = await Promise.all([buildBundle(), hostsOfRun()]);
  project.provide('bundle', join(bundle, 'slipway.js'));
  return async () => {
    await hosts[Symbol.asyncDispose]();
    await rm(bundle, { recursive: true, force: true });
  };
}

/** Hosts that a person keeps up (`npm run hosts -- up 5 --rtt 40 --mean`) are used, and left up to be looked at. */
async function hostsOfRun(): Promise<Hosts> {
  return readRun()?.kept ? attachHosts() : bootHosts({ count: 5, rttMs: 40, mean: true });
}

/** Of the run's own: `npm run build` in the meantime must not pull the program from under a rollout. */
async function buildBundle(): Promise<string> {
  for (const name of await readdir(builds).catch(() => [])) {
    if (!identify(Number(name))) await rm(join(builds, name), { recursive: true, force: true });
  }
  const folder = join(builds, String(process.pid));
  const node = join(root, 'node_modules/.bin/node');
  await promisify(execFile)(node, ['scripts/build.ts', folder], { cwd: root });
  return folder;
}
