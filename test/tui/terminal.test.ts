import { afterEach, describe, expect, test } from 'vitest';
import { appStarter } from './support/app.ts';

const start = appStarter(afterEach);

describe('the terminal', () => {
  test('a crash while drawing is printed on the primary screen, with exit 1 and the word on the rollout', async () => {
    const app = start({
      prepare: (session) => void Object.assign(session, { app: Symbol('no text') }),
    });
    await app.settle();
    await app.clock.advance(300);
    expect(await app.ended()).toBe(1);
    const said = String(app.terminal.stderr.read());
    expect(said).toContain('Cannot convert a Symbol value to a string');
    expect(said).toContain('No rollout was running.');
    expect(app.terminal.isAlternate).toBe(false);
  });

  test('a crash while a rollout runs leaves it and says so', async () => {
    const app = start();
    await app.startRollout();
    app.rollout.onSend = () =>
      app.rollout.end({ exitCode: 5, message: 'bot.1@fra-1 finishes by itself.', next: 'slipway resume' });
    app.signals.emit('uncaughtException', new Error('bang'));
    expect(await app.ended()).toBe(1);
    const said = String(app.terminal.stderr.read());
    expect(said).toContain('bang');
    expect(said).toContain('bot.1@fra-1 finishes by itself.');
    expect(app.rollout.sent).toEqual(['leave']);
  });

  test('a resize redraws to the new size', async () => {
    const app = start();
    await app.see('6 healthy');
    for (const [columns, rows] of [
      [120, 40],
      [60, 15],
      [80, 24],
    ] as const) {
      app.terminal.resize(columns, rows);
      const { terminal } = app;
      const isDrawn = () => terminal.lines[1]!.length === columns && terminal.lines.at(-1)!.includes('q quit');
      await terminal.until(isDrawn, () => app.settle());
    }
  });

  test('below 60x15 it says so instead of drawing rubbish', async () => {
    const app = start({ columns: 50, rows: 12 });
    await app.see('Too small');
    expect(app.terminal.text).toContain('50x12, needs 60x15');
    app.terminal.resize(80, 24);
    await app.see('6 healthy');
  });

  test('an idle screen writes next to nothing', async () => {
    const app = start();
    await app.see('6 healthy');
    await app.clock.advance(10_000);
    const before = app.terminal.raw.length;
    await app.clock.advance(60_000);
    expect(app.terminal.raw.length - before).toBeLessThan(2000);
  });

  test('NO_COLOR is obeyed', async () => {
    const app = start({ env: { NO_COLOR: '1' } });
    await app.see('6 healthy');
    expect(app.terminal.hasColour).toBe(false);
    const colourful = start();
    await colourful.see('6 healthy');
    expect(colourful.terminal.hasColour).toBe(true);
  });

  test('NO_COLOR wins over a theme', async () => {
    const app = start({ env: { NO_COLOR: '1', SLIPWAY_THEME: 'light' } });
    await app.see('6 healthy');
    expect(app.terminal.hasColour).toBe(false);
  });

  test('a theme that does not exist is named, and changes nothing else', async () => {
    const app = start({ env: { SLIPWAY_THEME: 'purple' } });
    await app.see('! SLIPWAY_THEME names no theme: purple.');
    await app.see('6 healthy');
    expect(app.terminal.hasColour).toBe(true);
  });

  test('the environment is as it was once the program is loaded: builds inherit it', async () => {
    const env = { NO_COLOR: '1' };
    const app = start({ env });
    await app.see('6 healthy');
    expect(app.env).toEqual({ LANG: 'C.UTF-8', NO_COLOR: '1' });
  });

  test('without UTF-8 every glyph is ASCII', async () => {
    const app = start({ env: { LANG: 'C' } });
    await app.see('6 healthy');
    expect(app.terminal.text).toMatch(/^[\n -~]*$/);
  });

  test('what is pasted is typed into a field and ignored elsewhere', async () => {
    const app = start();
    await app.see('6 healthy');
    await app.press('\u001b[200~dq\u001b[201~');
    await app.see('the pasted text was ignored');
    await app.press('d', '\u001b[200~feature/\u001b]52;c;x\u0007x\n\u001b[201~');
    await app.see('ref: feature/x▏');
  });
});
