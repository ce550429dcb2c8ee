import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { PtyApp } from './support/pty.ts';

let open: PtyApp[] = [];

function start(scene: string): PtyApp {
  const app = new PtyApp(scene);
  open.push(app);
  return app;
}

afterEach(() => {
  for (const app of open) app.dispose();
  open = [];
});

/** The terminal is as it was: primary screen, cursor shown, paste, scroll and input modes off. */
function expectRestored(app: PtyApp): void {
  expect(app.isAlternate).toBe(false);
  expect(app.mode(25)).toBe('h');
  expect(app.mode(2004)).toBe('l');
  expect(app.mode(1007)).toBe('l');
  // what the terminal had before us comes back where it can remember that
  expect(app.raw.lastIndexOf('\u001b[?1007r')).toBeGreaterThan(app.raw.lastIndexOf('\u001b[?1007l'));
}

/** From the fleet of a protected stage into a rollout. */
async function startRollout(app: PtyApp): Promise<void> {
  await app.see('6 healthy');
  app.type('d');
  await app.see('ref:');
  app.type('\r');
  await app.see('y start');
  // the plan takes no answer in its first moment: asked again, slower than a key that is held down, until it does
  const asked = setInterval(() => app.type('y'), 400);
  await app.see('Type production');
  clearInterval(asked);
  app.type('\u0015production\r');
  await app.see('Staging');
}

describe('in a real terminal', () => {
  test('q ends with 0 and gives the terminal back', async () => {
    const app = start('calm');
    await app.see('6 healthy');
    expect(app.isAlternate).toBe(true);
    expect(app.mode(25)).toBe('l');
    expect(app.mode(1007)).toBe('h');
    app.type('q');
    expect(await app.ended()).toBe(0);
    expectRestored(app);
  });

  test('a crash while drawing ends with 1, its message on the primary screen', async () => {
    const app = start('crash');
    expect(await app.ended()).toBe(1);
    expectRestored(app);
    expect(app.text).toContain('Cannot convert a Symbol value to a string');
    expect(app.text).toContain('No rollout was running.');
  });

  test('a rejection nobody caught ends with 1, its message on the primary screen', async () => {
    const app = start('throw');
    await app.see('6 healthy');
    app.type('r');
    expect(await app.ended()).toBe(1);
    expectRestored(app);
    expect(app.text).toContain('nobody caught this');
  });

  test.each(['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'])('%s without a rollout ends with 130', async (signal) => {
    const app = start('calm');
    await app.see('6 healthy');
    app.kill(signal);
    expect(await app.ended()).toBe(130);
    expectRestored(app);
  });

  test.each(['SIGTERM', 'SIGQUIT'])('%s while a rollout runs leaves it, and says what to type next', async (signal) => {
    const app = start('quick');
    await startRollout(app);
    app.kill(signal);
    expect(await app.ended()).toBe(5);
    expectRestored(app);
    expect(app.text).toContain('next: slipway resume production');
  });

  test('Ctrl-C asks how to leave, the second one leaves', async () => {
    const app = start('quick');
    await startRollout(app);
    app.type('\u0003');
    await app.see('How to leave?');
    app.type('\u0003');
    expect(await app.ended()).toBe(5);
    expectRestored(app);
  });

  test('s hands the terminal to a shell in its normal mode, and the screen comes back when it ends', async () => {
    const app = start('calm');
    await app.see('6 healthy');
    app.type('js');
    await app.see('a shell on fra-1 for bot.1@fra-1');
    expect(app.isAlternate).toBe(false);
    expect(app.mode(25)).toBe('h');
    await app.until('line mode', () => app.text.includes('icanon') && !app.text.includes('-icanon'));
    app.type('enough\r');
    await app.see('back from fra-1');
    expect(app.isAlternate).toBe(true);
    app.type('?');
    await app.see('Keys of the screen');
    app.type('q');
    expect(await app.ended()).toBe(0);
    expectRestored(app);
  });

  test('a storm of sizes ends in one whole screen', async () => {
    const app = start('calm');
    await app.see('6 healthy');
    for (let i = 0; i < 60; i += 1) app.resize(60 + ((i * 37) % 120), 15 + ((i * 13) % 45));
    app.resize(100, 30);
    await app.until('the last size', () => app.lines.at(-1)!.includes('q quit') && app.lines[1] === '─'.repeat(100));
    expect(app.lines.filter((line) => line.includes('q quit'))).toHaveLength(1);
    app.type('q');
    expect(await app.ended()).toBe(0);
  });

  test.skipIf(process.platform !== 'linux')(
    'Ctrl-Z stops the program with the terminal given back, fg brings the screen again',
    async () => {
      const app = start('calm');
      await app.see('6 healthy');
      app.type('\u001a');
      await app.until('the program is stopped', () => stateOf(app.pid) === 'T');
      await app.until('the primary screen', () => !app.isAlternate && app.mode(2004) === 'l');
      expectRestored(app);
      process.kill(app.pid, 'SIGCONT');
      await app.until('the alternate screen', () => app.isAlternate);
      expect(app.mode(1007)).toBe('h');
      await app.see('6 healthy');
      app.type('?');
      await app.see('Keys of the screen');
      app.type('q');
      expect(await app.ended()).toBe(0);
      expectRestored(app);
    },
  );
});

function stateOf(pid: number): string | undefined {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0];
}
