import { rm } from 'node:fs/promises';
import { systemClock } from '../../src/base/clock.ts';
import { loadSettings } from '../../src/config/load.ts';
import type { HostSettings } from '../../src/config/settings.ts';
import { openSession } from '../../src/rollout/open-session.ts';
import type { StageSession } from '../../src/rollout/session.ts';
import { connect } from '../../src/ssh/connect.ts';
import { resolveTarget } from '../../src/ssh/resolve.ts';
import type { Commit } from '../app/app.ts';
import { checkRelease, freshFolder } from '../contenders/contender.ts';
import { hostsOf, makeProject, type Project, STAGE } from '../contenders/project.ts';
import { atRest } from '../measuring/at-rest.ts';
import type { Site } from '../site.ts';
import { type ChannelLog, counted } from './counting.ts';

export interface OpenSessionFindings {
  /** A redeploy where every host is connected and has been read, as on the full screen: planned, then run; ms each. */
  readonly redeploys: readonly { readonly planMs: number; readonly runMs: number }[];
  /** What went over the connections of a redeploy in a session of its own, by host. */
  readonly channels: ReadonlyMap<string, ChannelLog>;
}

const FOLDER = '/srv/bench-session';

/** Deploys within this process, through the interface that the full-screen program is built on. */
export async function measureOpenSession(site: Site, bundle: string, rounds: number): Promise<OpenSessionFindings> {
  const project = await makeProject(site, { name: 'bench-session', bundle, hosts: hostsOf(site, FOLDER) });
  const redeploys: { planMs: number; runMs: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await startAfresh(site, project);
    await within(await openProject(project), async (session) => {
      await deploy(session, site.app.commits.first);
      await session.inspect();
      await atRest(site);
      redeploys.push(await deploy(session, site.app.commits.small));
    });
  }
  const channels = await countChannels(site, project);
  await checkRelease(site.hosts, `${FOLDER}/current`, site.app.commits.small);
  return { redeploys, channels };
}

async function countChannels(site: Site, project: Project): Promise<ReadonlyMap<string, ChannelLog>> {
  await startAfresh(site, project);
  await within(await openProject(project), (session) => deploy(session, site.app.commits.first));
  const logs = new Map(site.hosts.map(({ name }) => [name, { channels: [] } satisfies ChannelLog] as const));
  await within(await openProject(project, logs), (session) => deploy(session, site.app.commits.small));
  return logs;
}

async function startAfresh({ hosts }: Site, { cacheDir }: Project): Promise<void> {
  await rm(cacheDir, { recursive: true, force: true });
  await freshFolder(hosts, FOLDER);
}

async function openProject(
  { configFile, cacheDir, env }: Project,
  logs?: ReadonlyMap<string, ChannelLog>,
): Promise<StageSession> {
  const settings = await loadSettings({ file: configFile, stage: STAGE });
  const connectHost = async ({ name, address }: HostSettings) => {
    const spec = await resolveTarget({ name, ...address }, env);
    const connection = await connect(spec, { acceptNewHostKeys: false, clock: systemClock });
    const log = logs?.get(name);
    return log ? counted(connection, log) : connection;
  };
  return openSession({ settings, connect: connectHost, cacheDir, clock: systemClock, whenPaused: 'end' });
}

async function within<T>(session: StageSession, work: (session: StageSession) => Promise<T>): Promise<T> {
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

async function deploy(session: StageSession, { id }: Commit): Promise<{ planMs: number; runMs: number }> {
  const began = performance.now();
  const prepared = await session.planDeploy({ ref: id, begins: 'soon' });
  const planned = performance.now();
  const { exitCode, message } = await session.start(prepared).finished;
  const ended = performance.now();
  if (exitCode !== 0) throw new Error(`A deploy within the session ended with ${exitCode}: ${message}`);
  return { planMs: planned - began, runMs: ended - planned };
}
