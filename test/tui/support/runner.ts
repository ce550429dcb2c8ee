import { systemClock } from '../../../src/base/clock.ts';
import { UserError } from '../../../src/base/errors.ts';
import { startTui } from '../../../src/tui/index.ts';
import { FakeSession } from './fake-session.ts';
import { troubledFleet } from './fleet.ts';
import { playDeploy } from './story.ts';

/**
 * The program in a real terminal, over a stage that is played: `node test/tui/support/runner.ts SCENE`. Used by the tests
 * that need a pty, and for looking at the screens by eye.
 */
const [scene = 'calm'] = process.argv.slice(2);
const session = new FakeSession('production', systemClock, scene === 'calm' ? 'open' : 'protected');
const staging = new FakeSession('staging', systemClock);

session.onStart = (rollout) => void playDeploy(session, rollout, systemClock);
session.plans = async (options) => {
  for (const line of ['npm run build', 'compiled 41 files', 'done in 1.2s']) {
    options.onBuildLine?.(line);
    await systemClock.sleep(scene === 'quick' ? 1 : 700, options.signal);
  }
  if (options.ref === 'nope') {
    throw new UserError({
      code: 'SLIP_REF_MISSING',
      message: 'There is no commit, tag or branch "nope" in /home/ana/greeter.',
      detail: ['branches: main, next', 'tags: v1.0.0, v1.1.0'],
      mend: 'git fetch --all, or name another ref',
    });
  }
  const { prepared } = await import('./fleet.ts');
  return prepared();
};
if (scene === 'troubled') session.fleet = () => Promise.resolve(troubledFleet());
if (scene === 'crash') session.fleet = () => Promise.resolve({ hosts: null, releases: [] } as never);
if (scene === 'throw') {
  const { fleet } = session;
  session.fleet = () => {
    setTimeout(() => void Promise.reject(new Error('nobody caught this')), 500);
    return fleet();
  };
}

const alone = scene !== 'stages';
process.exitCode = await startTui({
  sessions: alone ? [session.entry()] : [session.entry(), staging.entry()],
  streams: process,
  clock: systemClock,
  env: process.env,
  signals: process,
});
process.stdout.write(`exit ${process.exitCode}\n`);
// nothing of the program may keep the process alive; only the story that is played does
if (session.rollout) process.exit();
