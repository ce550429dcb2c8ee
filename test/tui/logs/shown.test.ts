import { describe, expect, test } from 'vitest';
import { Shown } from '../../../src/tui/screens/logs/shown.ts';
import { put, ringOf, texts } from './lines.ts';

const even = ({ seq }: { seq: number }) => seq % 2 === 0;

describe('the lines that are shown', () => {
  test('are those that are wanted, each looked at once', () => {
    let looks = 0;
    const shown = new Shown((entry) => {
      looks += 1;
      return even(entry);
    });
    const ring = ringOf(10);
    shown.take(ring);
    put(ring, 'line 10');
    shown.take(ring);
    shown.take(ring);
    expect(looks).toBe(11);
    expect(texts(shown.all())).toEqual(['line 0', 'line 2', 'line 4', 'line 6', 'line 8', 'line 10']);
  });

  test('go with those that the ring drops, also when it turns over between two looks', () => {
    const ring = ringOf(100);
    const shown = new Shown(even);
    shown.take(ring);
    for (let i = 100; i < 20_321; i += 1) {
      put(ring, `line ${i}`);
      if (i % 777 === 0) shown.take(ring);
    }
    shown.take(ring);
    expect(shown.length).toBe(50);
    expect([shown.at(0)?.seq, shown.at(49)?.seq]).toEqual([20_222, 20_320]);
    expect(shown.at(50)).toBeUndefined();
    expect(shown.at(-1)).toBeUndefined();
  });

  test('stay as they are while others wait, of which the wanted are counted', () => {
    const ring = ringOf(10);
    const shown = new Shown(even);
    shown.take(ring);
    for (let i = 10; i < 500; i += 1) put(ring, `line ${i}`);
    shown.wait(ring);
    shown.wait(ring);
    expect(shown.length).toBe(5);
    // those that came and went between two looks cannot be looked at any more
    expect(shown.waiting).toBe(50);
  });

  test('are found by number and by kind', () => {
    const ring = ringOf(20);
    const shown = new Shown(even);
    shown.take(ring);
    expect([shown.indexOf(0), shown.indexOf(7), shown.indexOf(8), shown.indexOf(999), shown.indexOf(-1)]).toEqual([
      ...[0, 3, 4, 9, -1],
    ]);
    const isEight = ({ text }: { text: string }) => text.endsWith('8');
    expect(shown.find(isEight, 4, 1)).toBe(9);
    expect(shown.find(isEight, 9, -1)).toBe(4);
    expect(shown.find(isEight, 9, 1)).toBe(-1);
  });
});
