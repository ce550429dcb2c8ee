import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pictureOf } from '../../scripts/screens/picture.ts';
import { type Picture, PICTURES, play } from '../../scripts/screens/play.ts';
import { Tmux } from '../../scripts/screens/tmux.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const hasTmux = (() => {
  try {
    return execFileSync('tmux', ['-V']).length > 0;
  } catch {
    return false;
  }
})();

it.skipIf(!hasTmux)(
  'a newcomer plays the demo in a terminal: a deploy, one that goes back by itself, undo, logs, help, doctor, and out with 0',
  { timeout: 300_000 },
  async () => {
    const pictures = new Map<Picture, string>();
    await using terminal = await Tmux.start([process.execPath, MAIN, 'demo'], { columns: 120, rows: 34 });
    await play(terminal, async (name) => {
      pictures.set(name, await pictureOf(await terminal.coloured(), terminal.size, PICTURES[name]));
    });
    expect([...pictures.keys()].toSorted()).toEqual(Object.keys(PICTURES).toSorted());
    expect(pictures.get('went-back')).toContain('Rolled back: bot.1@fra-1: not healthy within 5s');
  },
);
