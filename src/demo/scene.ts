import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, systemClock } from '../base/clock.ts';
import { Bug } from '../base/errors.ts';
import type { HostSettings, Settings } from '../config/settings.ts';
import { openSession, type StageHosts } from '../rollout/open-session.ts';
import type { StageSession } from '../rollout/session.ts';
import { connect } from '../ssh/connect.ts';
import { type HostSpec, plainSpec } from '../ssh/spec.ts';
import { type Grounds, hostsJson, portsFor, settingsFrom, STAGE } from './config.ts';
import { type EmbeddedFleet, type FleetOptions, startEmbeddedHosts } from './embedded/fleet.ts';
import { findFreePorts } from './ports.ts';
import { withFolders } from './refs.ts';
import { keep, type Keeping, keepingHere, type Repository } from './repository.ts';
import { type Edition, editionsOf, readSample, type Ref } from './sample.ts';

const HOSTS = ['fra-1', 'fra-2', 'ams-1'] as const;

export interface SceneOptions extends FleetOptions {
  readonly clock?: Clock;
  /** Commits where git is found, folders elsewhere, when left out. */
  readonly keeping?: Keeping;
}

/** Everything the demo plays with. All of it lies in one folder and ends with this process, whatever ends that. */
export interface Scene {
  readonly folder: string;
  /** Absolute path of its hosts.json. */
  readonly file: string;
  /** The releases that can be deployed, oldest first. */
  readonly releases: readonly SceneRelease[];
  readonly keeping: Keeping;
  /** Every stage of hosts.json, resolved. */
  readonly stages: readonly Settings[];
  /** The stage that the story is about. */
  readonly stage: string;
  readonly hosts: readonly string[];
  /** The instances of that stage and where each answers. */
  readonly instances: readonly SceneInstance[];
  /** Opens a stage, without the ssh program, its configuration or a git where there is none. */
  open(stage: string, whenPaused: 'wait' | 'end'): OpenScene;
  /** The way to a host, for whoever wants to go there by ssh. */
  specOf(host: string): HostSpec;
  /** Ends the hosts and all that runs on them, and removes the folder. */
  dispose(): Promise<void>;
}

export type OpenScene = StageSession & StageHosts & { readonly settings: Settings };

export interface SceneRelease extends Omit<Edition, 'files'> {
  /** Its commit, where there is git. */
  readonly revision: string | undefined;
}

export interface SceneInstance {
  readonly id: string;
  /** "http://127.0.0.1:20417" */
  readonly url: string;
}

/** Starts three embedded hosts and lays down the sample bot's history and a hosts.json for both. */
export async function setScene(options: SceneOptions = {}): Promise<Scene> {
  const fleet = await startEmbeddedHosts(HOSTS, options);
  try {
    return await furnish(fleet, options);
  } catch (error) {
    await fleet.close();
    throw error;
  }
}

async function furnish(fleet: EmbeddedFleet, { clock = systemClock, keeping }: SceneOptions): Promise<Scene> {
  const editions = editionsOf(readSample());
  const repository = await keep(editions, join(fleet.folder, 'greeter'), keeping ?? (await keepingHere()));
  const file = join(fleet.folder, 'hosts.json');
  const grounds = await groundsOf(fleet, repository);
  await writeFile(file, hostsJson(grounds));
  const stages = settingsFrom(grounds, file);
  const dial = (host: HostSettings) => connect(specOf(fleet, host.name));
  const cacheDir = join(fleet.folder, 'cache');
  return {
    folder: fleet.folder,
    file,
    releases: editions.map(({ ref, subject, author, at }) => {
      return { ref, subject, author, at, revision: revisionOf(ref, repository) };
    }),
    keeping: repository.keeping,
    stages,
    stage: STAGE,
    hosts: HOSTS,
    instances: settingsOf(stages, STAGE).instances.map(({ id, port }) => ({ id, url: `http://127.0.0.1:${port!}` })),
    open: (stage, whenPaused) => {
      const settings = settingsOf(stages, stage);
      const session = { ...openSession({ settings, connect: dial, cacheDir, clock, whenPaused }), settings };
      return repository.keeping === 'folders' ? withFolders(session, { ...repository, editions }) : session;
    },
    specOf: (host) => specOf(fleet, host),
    dispose: () => fleet.close(),
  };
}

async function groundsOf(fleet: EmbeddedFleet, repository: Repository): Promise<Grounds> {
  const isGit = repository.keeping === 'commits';
  return {
    source: isGit ? { git: repository.folder } : { dir: [...repository.folders.values()].at(-1)! },
    hosts: fleet.hosts.map(({ name, user, address, port, home }) => {
      return { name, address: `${user}@${address}:${port}`, home };
    }),
    firstPort: await findFreePorts(portsFor(fleet.hosts.length)),
  };
}

function revisionOf(ref: Ref, repository: Repository): string | undefined {
  return repository.keeping === 'commits' ? repository.revisions.get(ref) : undefined;
}

function settingsOf(stages: readonly Settings[], name: string): Settings {
  const found = stages.find(({ stage }) => stage === name);
  if (found === undefined) throw new Bug(`The demo has no stage ${name}.`);
  return found;
}

/** What `ssh_config` of the fleet says, without asking the ssh program: there may be none. */
function specOf(fleet: EmbeddedFleet, name: string): HostSpec {
  const host = fleet.hosts.find((one) => one.name === name);
  if (host === undefined) throw new Bug(`The demo has no host ${name}.`);
  const where = { name, host: host.address, port: host.port, user: host.user };
  return { ...plainSpec(where), identityFiles: [fleet.identityFile], userKnownHostsFiles: [fleet.knownHostsFile] };
}
