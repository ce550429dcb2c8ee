import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { canBootHosts } from './hosts/hosts.ts';
import { installMissing, mayInstall, missingPackages, type Need } from './hosts/packages.ts';
import { must } from './hosts/process.ts';

/**
 * All tests: `npm test`, or `npm run test:soak` for the long ones. As root on Debian it installs what they need; as
 * anybody else it leaves out what needs root, and says so. What else stands on the command line is vitest's.
 */
const root = join(import.meta.dirname, '..');
const bin = join(root, 'node_modules/.bin');

/** What unit tests run beside what is in package.json. The test hosts bring a list of their own. */
const needs: readonly Need[] = [
  { file: 'busybox', package: 'busybox' },
  { file: 'dash', package: 'dash' },
  { file: 'haproxy', package: 'haproxy' },
  { file: 'shellcheck', package: 'shellcheck' },
  { file: 'bsdtar', package: 'libarchive-tools' },
  { file: 'sshd', package: 'openssh-server' },
  { file: 'ssh', package: 'openssh-client' },
  { file: 'tmux', package: 'tmux' },
  { file: 'git', package: 'git' },
  { file: 'fish', package: 'fish' },
  { file: 'tcsh', package: 'tcsh' },
  { file: 'zsh', package: 'zsh' },
  { file: 'socat', package: 'socat' },
  { file: 'nc', package: 'netcat-openbsd' },
];

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const isRoot = process.getuid?.() === 0;

/** One sentence for each thing that will not be tried here. */
async function prepare(): Promise<readonly string[]> {
  const skips: string[] = [];
  const missing = missingPackages(needs);
  if (missing.length > 0 && isRoot && mayInstall()) await install(missing);
  else if (missing.length > 0)
    skips.push(`tests that use ${missing.join(', ')}: not installed here, and only root installs it`);
  const refusal = canBootHosts();
  if (refusal !== undefined) skips.push(`test/real, the built program against booted hosts. ${refusal}`);
  return skips;
}

async function install(missing: readonly string[]): Promise<void> {
  await installMissing(say, needs);
  // the tests start their own; this machine is nobody's server for their sake
  const services = { 'openssh-server': 'ssh.service', haproxy: 'haproxy.service' };
  for (const [name, unit] of Object.entries(services)) {
    if (missing.includes(name)) await must(['systemctl', 'disable', '--now', unit]).catch(() => '');
  }
}

function runVitest(projects: readonly string[], argv: readonly string[]): Promise<number> {
  const chosen = projects.flatMap((name) => ['--project', name]);
  const args = argv.filter((word) => word !== '--soak');
  const child = spawn(join(bin, 'vitest'), ['run', ...chosen, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
      ...(args.length < argv.length ? { SLIPWAY_SOAK: '1' } : {}),
    },
  });
  // Ctrl-C reaches vitest as well, which ends the hosts; a signal to this process alone is passed on
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

async function main(argv: readonly string[]): Promise<number> {
  const skips = await prepare();
  for (const skip of skips) say(`Skipped: ${skip}`);
  if (skips.length > 0 && process.env['CI'] === 'true') {
    say('In CI a skip is a failure.');
    return 1;
  }
  await must([join(bin, 'node'), 'scripts/build.ts']);
  const projects = canBootHosts() === undefined ? ['unit', 'real'] : ['unit'];
  return runVitest(projects, argv);
}

process.chdir(root);
process.exitCode = await main(process.argv.slice(2));
