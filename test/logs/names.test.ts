import { describe, expect, test } from 'vitest';
import { belongsTo, LOOKS, lookOf, shortHosts, shortNames } from '../../src/logs/names.ts';

const short = (...hosts: string[]) => [...shortHosts(hosts).values()];

describe('short names', () => {
  test('leave out the domain that hosts share', () => {
    expect(short('web-1.prod.example.com', 'web-2.prod.example.com', 'db-1.prod.example.com')).toEqual([
      ...['web-1', 'web-2', 'db-1'],
    ]);
    expect(short('a.eu.example.com', 'a.us.example.com')).toEqual(['a.eu', 'a.us']);
  });

  test('leave out a beginning that hosts share only where names are long', () => {
    expect(short('fra-1', 'fra-2')).toEqual(['fra-1', 'fra-2']);
    expect(short('production-frankfurt-web-1', 'production-frankfurt-web-2')).toEqual(['1', '2']);
    expect(short('production-frankfurt-web-1', 'production-helsinki-db-1')).toEqual([
      'frankfurt-web-1',
      'helsinki-db-1',
    ]);
  });

  test('stay distinct, and whole where there is only one', () => {
    expect(short('web.example.com')).toEqual(['web.example.com']);
    for (const hosts of [
      ['a.x', 'a.y'],
      ['x', 'x.x'],
      ['10.0.0.1', '10.0.1.1'],
      ['a-very-long-name', 'a-very-long'],
    ]) {
      const names = short(...hosts);
      expect(new Set(names).size).toBe(hosts.length);
      expect(names).not.toContain('');
    }
  });

  test('name the instance only where a host has several', () => {
    expect([...shortNames(['bot.1@a.x.com', 'bot.2@a.x.com', 'bot.1@b.x.com']).values()]).toEqual([
      ...['a bot.1', 'a bot.2', 'b'],
    ]);
  });
});

test('a host has the same look each time', () => {
  expect(lookOf('fra-1')).toBe(lookOf('fra-1'));
  const looks = new Set(Array.from({ length: 200 }, (_, i) => lookOf(`web-${i}`)));
  expect(looks.size).toBe(LOOKS);
});

test('an instance belongs to itself and to its host, and to no other of that name', () => {
  expect(belongsTo('bot.1@fra-1', 'fra-1')).toBe(true);
  expect(belongsTo('bot.1@fra-1', 'bot.1@fra-1')).toBe(true);
  expect(belongsTo('bot.1@fra-1', 'bot.1@fra-2')).toBe(false);
  expect(belongsTo('bot.1@fra-1', '1')).toBe(false);
});
