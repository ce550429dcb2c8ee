import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { withoutRepository } from '../../src/git/environment.ts';

const exec = promisify(execFile);

/** A folder that is gone when the test has finished. */
export async function temporaryFolder(name = 'slipway-test-'): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), name)));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export type Files = Readonly<Record<string, string | Uint8Array>>;

export async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** A real git repository in a temporary folder, with an identity of its own. */
export class SampleRepository {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  async git(...args: string[]): Promise<string> {
    const { stdout } = await exec('git', ['-c', 'protocol.file.allow=always', ...args], {
      cwd: this.folder,
      env: { ...withoutRepository(process.env), GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
    });
    return stdout.trimEnd();
  }

  /** Writes the files, commits everything, and answers with the commit id. */
  async commit(files: Files = {}, subject = 'a commit'): Promise<string> {
    await writeFiles(this.folder, files);
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--allow-empty', '--message', subject);
    return this.git('rev-parse', 'HEAD');
  }
}

export async function emptyRepository(folder?: string, ...options: string[]): Promise<SampleRepository> {
  const repository = new SampleRepository(folder ?? (await temporaryFolder()));
  await mkdir(repository.folder, { recursive: true });
  await repository.git('init', '--quiet', '--initial-branch=main', ...options);
  if (options.includes('--bare')) return repository;
  await repository.git('config', 'user.name', 'Ana');
  await repository.git('config', 'user.email', 'ana@example.com');
  return repository;
}

export async function sampleRepository(files: Files = { 'app.js': 'run();\n' }): Promise<SampleRepository> {
  const repository = await emptyRepository();
  await repository.commit(files, 'first');
  return repository;
}
