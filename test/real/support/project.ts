import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** The greeter's switches (examples/greeter/switches.js), as a release sets them. */
export interface Switches {
  readonly health?: 'ok' | 'fail' | 'flap';
  readonly bootDelayMs?: number;
  readonly crash?: boolean;
  readonly crashAfterMs?: number;
}

/** A folder with hosts.json and, in app/, a git repository of the greeter. */
export interface Project extends AsyncDisposable {
  readonly dir: string;
  readonly repository: string;
  /** Adds a commit in which the greeter behaves so, and these files (text, or a symlink's target) stand; tells its id. */
  commit(switches?: Switches, files?: Readonly<Record<string, string>>): Promise<string>;
  git(...args: readonly string[]): Promise<string>;
  configure(config: unknown): Promise<void>;
}

const greeter = join(import.meta.dirname, '../../../examples/greeter');

const identity = {
  GIT_AUTHOR_NAME: 'Ana',
  GIT_AUTHOR_EMAIL: 'ana@example.org',
  GIT_COMMITTER_NAME: 'Ana',
  GIT_COMMITTER_EMAIL: 'ana@example.org',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
};

export async function makeProject(): Promise<Project> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'slipway-real-')));
  const repository = join(dir, 'app');
  await mkdir(repository);
  for (const name of await readdir(greeter)) {
    if (/\.(js|json|sh)$/.test(name)) await copyFile(join(greeter, name), join(repository, name));
  }
  const git = async (...args: readonly string[]) => {
    const { stdout } = await promisify(execFile)('git', args, {
      cwd: repository,
      env: { ...process.env, ...identity },
    });
    return stdout.trim();
  };
  await git('init', '--quiet', '--initial-branch=main');
  let count = 0;
  return {
    dir,
    repository,
    git,
    commit: async (switches = {}, files = {}) => {
      count += 1;
      // from outside, instances are asked past SSH: they listen on all addresses
      const settings = { host: '0.0.0.0', greetEveryMs: 0, ...switches };
      await put(repository, { 'greeter.json': `${JSON.stringify(settings)}\n`, number: `${count}\n`, ...files });
      await git('add', '--all');
      await git('commit', '--quiet', '--message', `Release number ${count}`);
      return git('rev-parse', 'HEAD');
    },
    configure: (config) => writeFile(join(dir, 'hosts.json'), `${JSON.stringify(config, undefined, 2)}\n`),
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
}

async function put(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}
