import { mkdir, mkdtemp, readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createHostClient } from '../../src/host/client.ts';
import { createLink } from '../../src/host/link.ts';
import { hostScript } from '../../src/host/script.ts';
import { createShells } from '../../src/host/shells.ts';
import { connect } from '../../src/ssh/connect.ts';
import { type Sshd, startSshd } from '../ssh/support/sshd.ts';
import type { LocalHost } from '../support/local-host.ts';
import { find } from './shells.ts';
import { begin, bot, build, NO_HOOKS, type Files, NOTHING_SHARED, ONE, send, taskOf, TWO } from './stage.ts';

/** A host behind a real sshd whose logins behave as a script says. */
export interface SshHost extends LocalHost {
  readonly sshd: Sshd;
}

export interface Logins extends AsyncDisposable {
  readonly sshd: Sshd;
  /** A folder of root's alone, or of whoever runs the tests. */
  readonly folder: string;
  /**
   * `login` is a script for sh that stands where sshd starts a login shell: what is to be run is in SSH_ORIGINAL_COMMAND,
   * as a login shell has it behind -c. Logins that are there already stay as they are.
   */
  host(login: string, place?: Partial<Place>): Promise<SshHost>;
}

export interface Place {
  readonly deployTo: string;
  readonly startMs: number;
}

/** What sshd does with a login shell of that name. */
export function loginShell(...argv: readonly string[]): string {
  return `exec ${argv.join(' ')} -c "$SSH_ORIGINAL_COMMAND"`;
}

/** Whether a shell is not installed here, or no sshd; in CI that is an error. */
export function isMissing(shell: string): boolean {
  const program = shell.split(' ')[0]!;
  const missing = [program, 'sshd'].filter((tool) => find(tool) === undefined);
  if (missing.length > 0 && process.env['CI'] === 'true') throw new Error(`not installed: ${missing.join(', ')}`);
  return missing.length > 0;
}

/** One sshd for a whole test file: each host that it makes has a folder and a login of its own. */
export async function startLogins(config: readonly string[] = []): Promise<Logins> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'slipway-logins-')));
  const login = join(folder, 'login');
  const sshd = await startSshd({ config: [...config, `ForceCommand exec /bin/sh '${login}'`] });
  let count = 0;
  return {
    sshd,
    folder,
    host: async (script, { deployTo = join(folder, String((count += 1)), 'srv'), startMs } = {}) => {
      await writeFile(login, `${script}\n`);
      return sshHost(sshd, { deployTo, ...(startMs === undefined ? {} : { startMs }) });
    },
    [Symbol.asyncDispose]: async () => {
      await sshd[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** slipway's way to a host: its link, its shells, its client. */
export async function sshHost(
  sshd: Sshd,
  { deployTo, ...more }: Pick<Place, 'deployTo'> & Partial<Place>,
): Promise<SshHost> {
  await mkdir(dirname(deployTo), { recursive: true });
  const link = createLink(() => connect(sshd.spec({ name: 'box-1' })));
  const place = {
    ...{ host: 'box-1', deployTo, script: hostScript(), path: [], ...more },
    open: (command: string) => link.open(command),
  };
  const context = { ...place, shells: createShells(place) };
  return {
    ...{ sshd, deployTo, context, client: createHostClient(place) },
    [Symbol.asyncDispose]: () => link.close(),
  };
}

const FILES: Files = {
  'text.txt': 'hello',
  "it's $(here)/ä \\n!": 'odd',
  'bin/run': { program: '#!/bin/sh\n' },
  link: { link: 'text.txt' },
};

/** What `deployTwice` finds at the end when all is well. */
export const DEPLOYED = {
  ...{ pruned: [ONE], live: TWO, lock: undefined, findings: [] },
  ...{ text: 'hello again', current: `releases/${TWO}` },
};

/** A first release and a second one over it, as a rollout makes them: locked, sent, switched to, ended, and read again. */
export async function deployTwice(host: LocalHost) {
  const web = bot({ name: 'web.1', service: { type: 'files' }, health: { probe: { type: 'running' } } });
  await begin(host);
  await using first = await build(host, FILES);
  await using second = await build(host, { ...FILES, 'text.txt': 'hello again' });
  await send(host, first, { release: ONE });
  await send(host, second, { release: TWO, base: { release: ONE, manifest: first.manifest } });
  const task = taskOf(web, {}, { to: TWO, from: '' });
  const switching = { rollout: 'r1', instance: 'web.1', turn: 0, task, hooks: NO_HOOKS, where: 'here' as const };
  await host.client.activate({ ...switching, onFrame: () => undefined });
  const marks = [{ release: TWO, status: 'good' as const }];
  const ending = { marks, prune: [ONE], history: '{"what":"deploy"}', journal: '{"type":"x"}\n' };
  const pruned = await host.client.finish({ rollout: 'r1', lock: 'release', ...ending });
  const seen = await host.client.probe({ instances: [web], shared: NOTHING_SHARED, depth: 'rights' });
  return {
    ...{ pruned, live: seen.instances[0]?.current, lock: seen.lock, findings: seen.findings },
    text: await readFile(join(host.deployTo, 'instances/web.1/current/text.txt'), 'utf8'),
    current: await readlink(join(host.deployTo, 'current')),
  };
}
