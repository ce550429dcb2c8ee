import { expect, test } from 'vitest';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { makeSite, QUICK, releaseOf } from './support/site.ts';

/** What someone who runs a hubot keeps in a repository: the dependency, a script, and an adapter (here: for no chat at all). */
const FILES = {
  'package.json': JSON.stringify({ name: 'chat', private: true, type: 'module', dependencies: { hubot: '14.1.0' } }),
  'adapter.mjs': `import { Adapter } from 'hubot';
class Silent extends Adapter {
  async run() { this.emit('connected'); }
  async send() {}
  async reply() {}
}
export default { use: (robot) => new Silent(robot) };
`,
  'scripts/health.mjs': `export default (robot) => {
  robot.router.get('/healthz', (request, response) =>
    response.json({ ok: true, robot: robot.name, version: robot.version, release: process.env.SLIPWAY_RELEASE }));
};
`,
};

test('a public bot, built here with npm ci and shipped with its node_modules, is healthy on all instances', async () => {
  const start = '/usr/bin/node node_modules/hubot/bin/hubot --name chat --file ./adapter.mjs';
  await using site = await makeSite({
    app: 'hubot',
    port: 6480,
    hosts: { 'fra-4': 2, 'fra-5': 2 },
    config: {
      source: { git: 'app', build: ['npm ci --omit=dev --ignore-scripts --no-audit --no-fund'] },
      rollout: { batch: 2, maxUnavailable: 2 },
    },
    role: {
      service: { systemd: 'hubot-{stage}@{instance}' },
      health: { ...QUICK, body: '"robot":"chat"', healthyDeadline: '20s' },
    },
    unit: (text) => text.replace(/^ExecStart=.*$/m, `ExecStart=${start}`),
  });
  const { project } = site;
  await project.git('rm', '-r', '--quiet', '--cached', '--ignore-unmatch', '.');
  await promisify(execFile)('sh', ['-c', 'rm -f *.js *.json *.sh'], { cwd: project.repository });
  await project.commit({}, FILES);
  await promisify(execFile)('npm', ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: project.repository,
  });
  await project.commit();
  const first = await site.deploy();
  expect(first.code, first.output).toBe(0);
  expect(await site.serving()).toEqual(site.all(releaseOf(first)));

  await project.commit(
    {},
    { 'scripts/ping.mjs': `export default (robot) => robot.hear(/ping/, (said) => said.send('pong'));\n` },
  );
  const second = await site.deploy();
  expect(second.code, second.output).toBe(0);
  expect(await site.serving()).toEqual(site.all(releaseOf(second)));
  const { upload } = second.lines('rollout.planned')[0]!.plan.hosts[0]!;
  // of some thousand files only what changed goes over the wire
  expect(upload === 'reuse' ? 0 : upload.files).toBeLessThan(10);
});
