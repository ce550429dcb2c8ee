import { describe, expect, it } from 'vitest';
import { isWhole, marked, newestTick } from '../../bench/tui/landmarks.ts';
import { Screen } from '../../bench/tui/screen.ts';

const size = { columns: 40, rows: 5 };

async function screenOf(...chunks: readonly string[]): Promise<Screen> {
  const screen = new Screen(size);
  for (const chunk of chunks) await new Promise<void>((resolve) => screen.write(chunk, resolve));
  return screen;
}

const full = Array.from({ length: size.rows }, (_, row) => `${row}`.padEnd(size.columns, 'x'));

describe('the screen of the bench', () => {
  it('takes a frame of exactly its size, again and again', async () => {
    const again = `\u001b[${size.rows - 1}A\r${full.join('\r\n')}`;
    const screen = await screenOf('\u001b[?1049h', full.join('\r\n'), again, again);
    expect(screen.lines).toEqual(full);
    expect(screen.overflow).toBeUndefined();
  });

  it('finds a row that is too wide, where a real one would wrap it', async () => {
    const screen = await screenOf('\u001b[?1049h', ['a', `${full[1]!}yz`].join('\r\n'));
    expect(screen.overflow).toBe('"yz" right of column 40, in row 2');
  });

  it('finds a wide character that has only half of its room', async () => {
    expect((await screenOf(`${'x'.repeat(38)}界`)).overflow).toBeUndefined();
    expect((await screenOf(`${'x'.repeat(39)}界`)).overflow).toContain('right of column 40');
  });

  it('finds a row too many, also when it is empty', async () => {
    expect((await screenOf([...full, 'more'].join('\r\n'))).overflow).toBe('a line feed in row 5');
    expect((await screenOf(`${full.join('\r\n')}\r\n`)).overflow).toBe('a line feed in row 5');
    expect((await screenOf('\u001b[6;1Hbelow')).overflow).toBe('"below" below row 5');
  });

  it('counts frames by their ends, also one that comes in two pieces', async () => {
    const screen = await screenOf('\u001b[?2026hone\u001b[?2026l\u001b[?2026htwo\u001b[?20', '26l', 'no frame');
    expect(screen.frames).toBe(2);
    expect(screen.bytes).toBe(16 + 3 + 16 + 3 + 8 - 8 + 8);
  });

  it('says that something is on it only after it is, and before anything that was written later is', async () => {
    const screen = new Screen(size);
    const seen: string[] = [];
    const { promise, resolve } = Promise.withResolvers();
    screen.write('one', () => seen.push(screen.lines[0]!));
    screen.write(' two', () => {
      seen.push(screen.lines[0]!);
      resolve(undefined);
    });
    await promise;
    expect(seen).toEqual(['one', 'one two']);
  });
});

describe('what the bench looks for on a screen', () => {
  it('is a whole frame: the alternate screen from the header to the footer', async () => {
    const rows = ['slipway › staging', '', '', '', ' q quit'].join('\r\n');
    expect(isWhole(await screenOf(rows))).toBe(false);
    expect(isWhole(await screenOf('\u001b[?1049h', 'slipway › staging\r\n'))).toBe(false);
    expect(isWhole(await screenOf('\u001b[?1049h', rows))).toBe(true);
  });

  it('is the instance or the step under the cursor, by a pointer before it or by its background', async () => {
    expect(marked(await screenOf('   bot.1@host-01\r\n › bot.7@host-02\r\n   bot.12@host-03'))).toBe('bot.7@host-02');
    expect(marked(await screenOf('   bot.1@host-01\r\n\u001b[7m   bot.12@host-03\u001b[0m'))).toBe('bot.12@host-03');
    expect(marked(await screenOf('   bot.1@host-01\r\n\u001b[48;5;238m bot.3 \u001b[0m'))).toBe('bot.3');
    expect(marked(await screenOf(' › 3 ◐ watch for 10m                    9m12s left'))).toBe('3 watch for 10m');
    expect(marked(await screenOf('   bot.1@host-01\r\n greeter › production › Rollout'))).toBeUndefined();
  });

  it('is the newest line of a log, by its number', async () => {
    expect(newestTick(await screenOf('"tick 41"\r\n"tick 137"\r\n"tick 136"'))).toBe(137);
    expect(newestTick(await screenOf('no lines yet'))).toBeUndefined();
  });
});
