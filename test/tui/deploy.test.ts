import { afterEach, describe, expect, test } from 'vitest';
import { RemoteError, UserError } from '../../src/base/errors.ts';
import type { PreparedRollout, StageSession } from '../../src/rollout/session.ts';
import { appStarter } from './support/app.ts';
import { prepared } from './support/fleet.ts';

const start = appStarter(afterEach);

describe('opening a stage', () => {
  test('the only stage is opened at once and its hosts are read', async () => {
    const app = start();
    await app.see('6 healthy');
    expect(app.terminal.isAlternate).toBe(true);
    expect(app.terminal.text).toContain('bot.2');
  });

  test('of several stages one is chosen first, and another later', async () => {
    const app = start({ others: ['staging'] });
    await app.see('Choose a stage');
    await app.press('j', 'enter');
    await app.see('staging › Fleet');
    await app.press('S', 'k', 'enter');
    await app.see('production › Fleet');
  });

  test('an error while opening shows what happened, its detail and the mend, and r tries again', async () => {
    const app = start({
      prepare: (session) => {
        let tries = 0;
        session.entry = () => ({
          stage: session.stage,
          protected: false,
          open: () => {
            tries += 1;
            if (tries > 1) return Promise.resolve<StageSession>(session);
            const detail = ['fra-1: SHA256:abc', 'fra-2: SHA256:def'];
            const trouble = {
              code: 'SLIP_HOST_KEY',
              message: 'The host keys are unknown.',
              detail,
              mend: 'ssh-keyscan',
            };
            return Promise.reject(new RemoteError(trouble));
          },
        });
      },
    });
    await app.see('The host keys are unknown.');
    expect(app.terminal.text).toContain('fra-2: SHA256:def');
    expect(app.terminal.text).toContain('→ ssh-keyscan');
    await app.press('r');
    await app.see('6 healthy');
  });

  test('the exit code of an error that kept the stage closed is its own', async () => {
    const app = start({
      prepare: (session) => {
        const error = new UserError({ code: 'SLIP_CONFIG', message: 'hosts.json is broken.' });
        session.entry = () => ({ stage: 'production', protected: false, open: () => Promise.reject(error) });
      },
    });
    await app.see('hosts.json is broken.');
    await app.press('q');
    expect(await app.ended()).toBe(2);
  });

  test('a bug of slipway is shown as a sentence, never as a stack', async () => {
    const app = start({
      prepare: (session) => (session.fleet = () => Promise.reject(new TypeError('x is not a function'))),
    });
    await app.see('x is not a function');
    expect(app.terminal.text).not.toContain('at ');
    expect(app.terminal.text).toContain('report');
  });
});

describe('from a ref to a rollout', () => {
  test('d asks what to deploy, the build is shown, the plan is reviewed, y starts it', async () => {
    let finish: (what: PreparedRollout) => void = () => {};
    const app = start({
      prepare: (session) => {
        session.plans = (options) => {
          options.onBuildLine?.('compiled 41 files');
          return new Promise((resolve) => (finish = resolve));
        };
      },
    });
    await app.see('6 healthy');
    await app.press('d');
    await app.see('ref: ▏');
    await app.press('m', 'a', 'i', 'n', 'enter');
    await app.see('compiled 41 files');
    expect(app.session.asked[0]?.ref).toBe('main');
    finish(prepared());
    await app.see('STEPS');
    expect(app.terminal.text).toContain('update      bot.1@fra-1');
    await app.clock.advance(1000);
    await app.press('y');
    expect(app.session.started).toHaveLength(1);
    await app.see('Rollout');
  });

  test('an empty ref leaves it to hosts.json', async () => {
    const app = start();
    await app.see('6 healthy');
    await app.press('d', 'enter');
    await app.see('STEPS');
    expect(app.session.asked[0]).not.toHaveProperty('ref');
  });

  test('Esc while planning cancels it, and nothing comes of it later', async () => {
    let finish: (what: PreparedRollout) => void = () => {};
    const app = start({
      prepare: (session) => (session.plans = () => new Promise((resolve) => (finish = resolve))),
    });
    await app.see('6 healthy');
    await app.press('d', 'enter');
    await app.see('Nothing is changed yet');
    await app.press('esc');
    await app.see('what hosts.json says');
    await app.press('esc');
    await app.see('6 healthy');
    expect(app.session.asked[0]?.signal?.aborted).toBe(true);
    finish(prepared());
    await app.settle();
    expect(app.terminal.text).not.toContain('STEPS');
  });

  test('a refused plan shows the reason above what the build said', async () => {
    const app = start({
      prepare: (session) => {
        session.plans = (options) => {
          options.onBuildLine?.('npm ERR! missing script: build');
          const mend = 'name another ref';
          return Promise.reject(new UserError({ code: 'SLIP_REF', message: 'There is no ref "nope".', mend }));
        };
      },
    });
    await app.see('6 healthy');
    await app.press('d', 'enter');
    await app.see('There is no ref "nope".');
    expect(app.terminal.text).toContain('→ name another ref');
    expect(app.terminal.text).toContain('npm ERR!');
    await app.press('esc', 'esc');
    await app.see('6 healthy');
  });

  test('what runs everywhere already is not started again', async () => {
    const app = start({
      prepare: (session) => (session.plans = () => Promise.resolve(prepared({ alreadyLive: true }))),
    });
    await app.see('6 healthy');
    await app.press('d', 'enter');
    await app.see('Nothing to do');
    await app.clock.advance(1000);
    await app.press('y');
    await app.see('it runs everywhere already');
    expect(app.session.started).toHaveLength(0);
  });

  test('a protected stage starts only when its name was typed', async () => {
    const app = start({ protected: true });
    await app.see('PROTECTED');
    await app.press('d', 'enter');
    await app.see('STEPS');
    await app.clock.advance(1000);
    await app.press('y', 'y', 'enter');
    await app.see('type production first');
    expect(app.session.started).toHaveLength(0);
    await app.press('\u0015', ...Array.from('production'), 'enter');
    expect(app.session.started).toHaveLength(1);
  });

  test('keys typed ahead of the plan do not start it', async () => {
    const app = start();
    await app.see('6 healthy');
    app.terminal.type('d\ryyyy');
    await app.settle();
    await app.see('STEPS');
    expect(app.session.started).toHaveLength(0);
  });

  test('Enter on a release plans the rollback to it', async () => {
    const app = start();
    await app.see('6 healthy');
    await app.press('R', 'enter');
    await app.see('STEPS');
    expect(app.session.asked[0]?.to).toBe('20261112T101010Z-be57ed0');
  });

  test('a release that is no target says why', async () => {
    const app = start();
    await app.see('6 healthy');
    await app.press('R', 'k', 'enter');
    await app.see('roll back to it: its rollout failed');
    expect(app.session.asked).toHaveLength(0);
  });
});
