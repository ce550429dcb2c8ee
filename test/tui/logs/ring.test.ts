import { describe, expect, test } from 'vitest';
import { LogRing } from '../../../src/tui/screens/logs/ring.ts';
import { put, ringOf, texts } from './lines.ts';

describe('the ring of lines', () => {
  test('keeps the newest lines under the numbers they came with, and counts those it has dropped', () => {
    const ring = ringOf(250);
    expect([ring.first, ring.next]).toEqual([150, 250]);
    expect(ring.at(149)).toBeUndefined();
    expect(ring.at(250)).toBeUndefined();
    expect(ring.at(150)).toMatchObject({ seq: 150, text: 'line 150' });
    expect(texts(ring.from(248))).toEqual(['line 248', 'line 249']);
    expect(ring.from(0)).toHaveLength(100);
  });

  test('drops old lines for long ones, but never the newest', () => {
    const ring = new LogRing({ lines: 100, characters: 1000 });
    for (let i = 0; i < 9; i += 1) put(ring, 'x'.repeat(300));
    expect(ring.next - ring.first).toBe(3);
    put(ring, 'y'.repeat(5000));
    expect(texts(ring.from(0))).toEqual(['y'.repeat(5000)]);
    put(ring, 'z');
    expect(texts(ring.from(0))).toEqual(['z']);
  });
});
