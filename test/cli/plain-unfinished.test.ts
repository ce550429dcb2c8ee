import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { untilBaking } from './support/baking.ts';
import { unreadable } from './support/reading-aloud.ts';
import { type Site, startSite } from './support/site.ts';
import { Terminal } from './support/terminal.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite({ rollout: { bake: '10m' } });
});
afterAll(() => site[Symbol.asyncDispose]());

const start = (...args: readonly string[]) =>
  new Terminal(args, { cwd: site.folder, env: { ...site.env, XDG_CONFIG_HOME: join(site.folder, '.config') } });
const MENU = 'm says the choices again.';

describe('in sentences', { timeout: 60_000 }, () => {
  it('Ctrl-C in a rollout asks what to do, and a second one leaves', async () => {
    const terminal = start('deploy', 'staging', '--yes', '--plain');
    // the plan has said what each step is, too
    await terminal.until('is healthy after');
    await terminal.until('Step 3 of 5: watch for 10 minutes.');
    terminal.type('\u0003');
    await terminal.until('Type f to finish this instance and stop, b to roll back, l to leave so that the rest waits');
    terminal.type('\u0003');
    expect(await terminal.code).toBe(5);
    expect(unreadable(terminal.raw, ['^C'])).toEqual([]);
    expect(terminal.raw).toContain('What to do next: type “slipway resume staging”.');
  });

  it('status says that a rollout is unfinished, and what to type', async () => {
    const { stdout } = await site.run('status', 'staging', '--plain');
    expect(stdout).toMatch(/^staging is locked by \S+ for .*: deploy \w{7}; the last sign of life came .* ago\.$/m);
    expect(stdout).toMatch(
      /A deploy of release \w{7} is unfinished, and nobody runs it any more: 1 of 2 instances is on /,
    );
    expect(stdout).toContain('type “slipway resume staging”.');
  });

  it('the menu offers to decide what becomes of it', async () => {
    const terminal = start('staging', '--plain');
    await terminal.until('8: decide what becomes of the unfinished rollout.');
    await terminal.until(MENU);
    terminal.type('8\r');
    await terminal.until('3: accept it');
    await terminal.until(MENU);
    terminal.type('3\r');
    await terminal.until('Leave every instance as it is, and give the stage free? Type yes or no.');
    terminal.type('yes\r');
    await terminal.until('staging is free; every instance stays as it is.');
    await terminal.until(MENU);
    terminal.type('0\r');
    expect(await terminal.code, terminal.raw).toBe(0);
    expect(unreadable(terminal.raw, ['8', '3', 'yes', '0'])).toEqual([]);
  });

  it('the menu carries a word to a rollout that somebody runs elsewhere', async () => {
    await site.commit('next');
    const { ended } = await untilBaking(site);
    const terminal = start('staging', '--plain');
    await terminal.until('That is a rollout that somebody runs right now.');
    await terminal.until(MENU);
    terminal.type('8\r');
    await terminal.until('5: roll back.');
    await terminal.until(MENU);
    terminal.type('5\r');
    await terminal.until('has heard it: the rollout goes back.');
    expect(await ended).toBe(4);
    await terminal.until(MENU);
    terminal.type('0\r');
    expect(await terminal.code, terminal.raw).toBe(0);
  });
});
