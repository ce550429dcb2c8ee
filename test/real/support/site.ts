import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { attachHosts, type Host } from '../../hosts/hosts.ts';
import { onHosts, readFacts, type HostFacts } from './facts.ts';
import { ask } from './poller.ts';
import { makeProject, type Project } from './project.ts';
import { type Finished, type Running, startSlipway } from './slipway.ts';
import { isSoak } from '../../support/soak.ts';

export interface SiteOptions {
  /** Names the app, and with it folders and units: no two suites take the same. */
  readonly app: string;
  /** Port of the first instance on each host: no two suites take the same ten. */
  readonly port: number;
  /** Instances per host. */
  readonly hosts: Readonly<Record<string, number>>;
  /** Each has the same hosts; its ports begin five above those of the one before. Default: staging. */
  readonly stages?: readonly string[];
  /** What hosts.json says beside, or instead. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** What the role says instead; `{}` is files only. */
  readonly role?: Readonly<Record<string, unknown>>;
  /** The text of the unit file, made of the greeter's. */
  readonly unit?: (text: string) => string;
  readonly env?: Readonly<Record<string, string>>;
}

/** An app with its project here and a place of its own on real hosts: units, folders, ports. */
export interface Site extends AsyncDisposable {
  readonly project: Project;
  readonly hosts: readonly Host[];
  /** Of the first stage. */
  readonly deployTo: string;
  /** Every instance of the first stage: `bot.1@fra-1`. */
  readonly instances: readonly Instance[];
  /** hosts.json anew, with other instances or another config. */
  configure(change: Partial<Pick<SiteOptions, 'hosts' | 'config' | 'role'>>): Promise<void>;
  start(...args: readonly string[]): Running;
  slipway(...args: readonly string[]): Promise<Finished>;
  /** `deploy staging --yes --json …` to its end. */
  deploy(...args: readonly string[]): Promise<Finished>;
  rollback(...args: readonly string[]): Promise<Finished>;
  /** Commits and deploys what has to succeed; tells the release. */
  release(): Promise<string>;
  facts(host: string, stage?: string): Promise<HostFacts>;
  /** The release that each instance itself says it runs, asked from outside; undefined when it does not answer. */
  serving(): Promise<Readonly<Record<string, string | undefined>>>;
  /** What `serving` answers when all is well. */
  all(release: string): Readonly<Record<string, string>>;
}

export interface Instance {
  readonly id: string;
  readonly url: string;
}

export const STAGE = 'staging';

/** Short waits: the greeter is up in a tenth of a second. */
export const HEALTH = {
  http: 'http://127.0.0.1:{port}/healthz',
  interval: '250ms',
  timeout: '2s',
  minHealthyTime: '1s',
  healthyDeadline: '8s',
};

/** For suites that are about something else. */
export const QUICK = { ...HEALTH, interval: '100ms', minHealthyTime: '300ms' };

export async function makeSite(options: SiteOptions): Promise<Site> {
  const all = attachHosts();
  const project = await makeProject();
  const now = { stages: [STAGE], ...options };
  const [stage] = now.stages;
  const folderOf = (name: string) => `/srv/${now.app}-${name}`;
  const hosts = Object.keys(now.hosts).map((name) => all.host(name));
  const env = {
    ...ownEnvironment(),
    SLIPWAY_SSH_CONFIG: all.sshConfigFile,
    SLIPWAY_CACHE_DIR: join(project.dir, 'cache'),
    ...now.env,
  };
  const start = (...args: readonly string[]) =>
    startSlipway(args, { cwd: project.dir, env, ...(isSoak ? { timeoutMs: 8 * 60_000 } : {}) });
  const deploy = (...args: readonly string[]) => start('deploy', stage!, '--yes', '--json', ...args).finished;
  const instances = () => instancesOf(now, hosts);
  await project.configure(configOf(now, hosts));
  await prepareHosts(hosts, now);
  return {
    project,
    hosts,
    deployTo: folderOf(stage!),
    get instances() {
      return instances();
    },
    configure: async (change) => {
      Object.assign(now, change);
      await project.configure(configOf(now, hosts));
    },
    start,
    slipway: (...args) => start(...args).finished,
    deploy,
    rollback: (...args) => start('rollback', stage!, '--yes', '--json', ...args).finished,
    release: async () => {
      await project.commit();
      const run = await deploy();
      if (run.code !== 0) throw new Error(`exit ${run.code ?? '?'}\n${run.output}`);
      return releaseOf(run);
    },
    facts: (host, name = stage!) => readFacts(all.host(host), folderOf(name)),
    serving: async () => {
      const answers = instances().map(async ({ id, url }) => [id, (await ask(url)).release] as const);
      return Object.fromEntries(await Promise.all(answers));
    },
    all: (release) => Object.fromEntries(instances().map(({ id }) => [id, release])),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([project[Symbol.asyncDispose](), clearHosts(hosts, now)]);
    },
  };
}

/** That of the person who runs the tests, without what the test runner added. */
function ownEnvironment(): Readonly<Record<string, string>> {
  const added = /^(NODE_|VITEST|TEST$|DEV$|PROD$|MODE$|BASE_URL$|SSR$|FORCE_COLOR$)(?!EXTRA_CA_CERTS)/;
  const own = Object.entries(process.env).filter(([name, value]) => value !== undefined && !added.test(name));
  return Object.fromEntries(own) as Record<string, string>;
}

/** The release that a rollout was about. */
export function releaseOf(run: Finished): string {
  const planned = run.lines('rollout.planned')[0];
  if (!planned) throw new Error(`There was no plan:\n${run.output}`);
  return planned.plan.release.id;
}

type Now = SiteOptions & { readonly stages: readonly string[] };

function configOf({ app, port, hosts: counts, stages, config = {}, role }: Now, hosts: readonly Host[]): unknown {
  const bot = role ?? { service: { systemd: `${app}-{stage}@{instance}` }, health: HEALTH };
  const list = hosts.flatMap(({ name, address, user }) =>
    counts[name] === undefined ? [] : [{ name, address: `${user}@${address}`, roles: { bot: counts[name] } }],
  );
  return {
    app,
    deployTo: `/srv/${app}-{stage}`,
    source: { git: 'app' },
    roles: { bot: { port, ...bot } },
    stages: Object.fromEntries(
      stages.map((name, index) => [name, { roles: { bot: { port: port + 5 * index } }, hosts: list }]),
    ),
    ...config,
  };
}

function instancesOf({ port, hosts: counts }: Now, hosts: readonly Host[]): readonly Instance[] {
  return hosts.flatMap(({ name, address }) =>
    Array.from({ length: counts[name] ?? 0 }, (_, index) => ({
      id: `bot.${index + 1}@${name}`,
      url: `http://${address}:${port + index}/healthz`,
    })),
  );
}

/** What a person does once on a new host: the unit, and a folder that belongs to the user. */
async function prepareHosts(hosts: readonly Host[], { app, stages, unit = (text) => text }: Now): Promise<void> {
  const example = await readFile(join(import.meta.dirname, '../../../examples/greeter/greeter@.service'), 'utf8');
  for (const stage of stages) {
    const folder = `/srv/${app}-${stage}`;
    const text = unit(example.replaceAll('/srv/greeter-staging', folder));
    await Promise.all(hosts.map((host) => host.writeFile(`/etc/systemd/system/${app}-${stage}@.service`, text)));
    await onHosts(hosts, `install -d -o deploy '${folder}'`);
  }
  await onHosts(hosts, 'systemctl daemon-reload');
}

/** Ends what still runs, so that the next suite has the machine to itself. */
async function clearHosts(hosts: readonly Host[], { app, stages }: Now): Promise<void> {
  const scripts = stages.map(
    (stage) => `
    systemctl stop '${app}-${stage}@*' 2>/dev/null
    for p in /proc/[0-9]*; do
      case $(readlink "$p/cwd") in /srv/${app}-${stage}/*) kill -KILL "\${p#/proc/}" 2>/dev/null ;; esac
    done
    rm -rf '/srv/${app}-${stage}' /etc/systemd/system/${app}-${stage}@.service /etc/systemd/system/*.wants/${app}-${stage}@*
    systemctl reset-failed '${app}-${stage}@*' 2>/dev/null`,
  );
  await onHosts(
    hosts.filter((host) => host.isOn()),
    `${scripts.join('\n')}\nsystemctl daemon-reload`,
  );
}
