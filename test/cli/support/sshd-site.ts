import { execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { type Proxy, startProxy } from '../../ssh/support/proxy.ts';
import { type Sshd, startSshd } from '../../ssh/support/sshd.ts';
import { MAIN, type Ran } from './site.ts';

/** A host behind a real sshd, with a wire that can be cut. */
export interface Box {
  readonly name: string;
  readonly sshd: Sshd;
  readonly wire: Proxy;
  /** deployTo of stage "staging". */
  readonly deployTo: string;
  /** Words for a file below deployTo; undefined when it is not there. */
  readonly read: (path: string) => Promise<string | undefined>;
  readonly list: (path: string) => Promise<readonly string[]>;
  /** What the host runs from now on in place of what it is asked to (in SSH_ORIGINAL_COMMAND); undefined: nothing else. */
  force(command: string | undefined): Promise<void>;
}

/** A project with two such hosts, for the command line as a child process. */
export interface SshdSite extends AsyncDisposable {
  readonly folder: string;
  /** For the command line in this process. */
  readonly here: { readonly folder: string; readonly env: NodeJS.ProcessEnv };
  readonly boxes: readonly [Box, Box];
  commit(files: Readonly<Record<string, string | Buffer>>): Promise<void>;
  /** Settings of ssh_config for one host, which come before the usual ones. */
  configure(name: string, lines: readonly string[]): Promise<void>;
  start(...args: readonly string[]): Running;
  run(...args: readonly string[]): Promise<Ran>;
}

export interface Running {
  readonly ended: Promise<Ran>;
  /** Everything printed so far. */
  readonly said: () => string;
  readonly stop: (signal: NodeJS.Signals) => void;
}

/** What a test may have to wait for on a host before it breaks something: `began` is there then, and `go` lets it go on. */
export function pausing(folder: string): string {
  return `touch '${folder}/began'; until [ -e '${folder}/go' ] || [ ! -d '${folder}' ]; do sleep 0.05; done`;
}

export interface SiteOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly role?: Readonly<Record<string, unknown>>;
  /** Lines of sshd_config. */
  readonly config?: readonly string[];
}

export async function startSshdSite({ env = {}, role = {}, config: sshd = [] }: SiteOptions = {}): Promise<SshdSite> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-wires-'));
  const project = join(folder, 'project');
  await mkdir(project);
  const boxes: readonly [Box, Box] = [await startBox('one', folder, sshd), await startBox('two', folder, sshd)];
  const configFile = join(folder, 'ssh_config');
  const own = new Map<string, readonly string[]>();
  const writeConfig = () =>
    writeFile(configFile, `${boxes.flatMap((box) => hostLines(box, own.get(box.name) ?? [])).join('\n')}\n`);
  await writeConfig();
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.org', ...args], {
      cwd: project,
      stdio: 'pipe',
    });
  git('init', '-q');
  const hosts = boxes.map(({ name, deployTo }) => ({ name, address: name, deployTo, roles: { web: 1 } }));
  const config = {
    ...{ app: 'app', deployTo: '/nowhere', source: { git: '.', exclude: ['hosts.json'] } },
    ...{ roles: { web: { health: { minHealthyTime: '0s' }, ...role } }, stages: { staging: { hosts } } },
  };
  await writeFile(join(project, 'hosts.json'), JSON.stringify(config));
  const environment = {
    ...{ ...process.env, SLIPWAY_SSH_CONFIG: configFile, SLIPWAY_CACHE_DIR: join(folder, 'cache'), NO_COLOR: '1' },
    ...env,
  };
  const start = (...args: readonly string[]) => launch(project, environment, args);
  const site: SshdSite = {
    ...{ folder, boxes, start, here: { folder: project, env: environment } },
    run: (...args) => start(...args).ended,
    configure: async (name, lines) => {
      own.set(name, lines);
      await writeConfig();
    },
    commit: async (files) => {
      for (const [name, content] of Object.entries(files)) await writeFile(join(project, name), content);
      git('add', ...Object.keys(files));
      git('commit', '-qm', `change ${Object.keys(files).join(', ')}`);
    },
    [Symbol.asyncDispose]: async () => {
      for (const { wire, sshd } of boxes) {
        await wire[Symbol.asyncDispose]();
        await sshd[Symbol.asyncDispose]();
      }
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  await site.commit({ text: 'one' });
  return site;
}

async function startBox(name: string, folder: string, config: readonly string[]): Promise<Box> {
  const deployTo = join(folder, name, 'app');
  await mkdir(join(folder, name));
  const forced = join(folder, name, 'forced');
  const force = (command = 'exec "$SHELL" -c "$SSH_ORIGINAL_COMMAND"') => writeFile(forced, `${command}\n`);
  await force();
  const sshd = await startSshd({ config: [...config, `ForceCommand exec sh '${forced}'`] });
  const wire = await startProxy(sshd.port);
  const orNothing = <T>(reading: Promise<T>) => reading.catch(() => undefined);
  return {
    ...{ name, sshd, wire, deployTo, force },
    read: (path) => orNothing(readFile(join(deployTo, path), 'utf8')),
    list: async (path) => (await orNothing(readdir(join(deployTo, path)))) ?? [],
  };
}

/** Impatient, for tests: a dead wire is noticed after three seconds. Own lines replace those of the same key. */
function hostLines({ name, wire, sshd }: Box, own: readonly string[]): readonly string[] {
  const keyOf = (line: string) => line.trim().split(' ')[0];
  const usual = [
    '  HostName 127.0.0.1',
    `  Port ${wire.port}`,
    `  HostKeyAlias [127.0.0.1]:${sshd.port}`,
    `  User ${userInfo().username}`,
    `  IdentityFile ${sshd.userKey}`,
    '  IdentitiesOnly yes',
    '  IdentityAgent none',
    `  UserKnownHostsFile ${sshd.knownHosts}`,
    '  GlobalKnownHostsFile none',
    '  BatchMode yes',
    '  ConnectTimeout 2',
    '  ServerAliveInterval 1',
    '  ServerAliveCountMax 3',
  ];
  return [`Host ${name}`, ...own, ...usual.filter((line) => !own.some((other) => keyOf(other) === keyOf(line)))];
}

function launch(cwd: string, env: NodeJS.ProcessEnv, args: readonly string[]): Running {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Ran>((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
  return { ended, said: () => stdout + stderr, stop: (signal) => void child.kill(signal) };
}
