import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { deployToProblem } from '../../src/config/paths.ts';
import { parseAddress } from '../../src/config/address.ts';
import { settingsIn } from '../../src/config/load.ts';
import { minimal } from './minimal.ts';

describe('whatever hosts.json holds', () => {
  it('is resolved or refused with a UserError: any JSON', () => {
    fc.assert(fc.property(fc.json({ maxDepth: 5 }), (text) => isResolvedOrRefused(text)));
  });

  it('is resolved or refused with a UserError: any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => isResolvedOrRefused(text)));
  });

  it('is resolved or refused with a UserError: a working file with one value replaced', () => {
    const odd = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(
        '{stage}',
        '{release}',
        '{port}',
        '../..',
        '-rf',
        '$(id)',
        '\u0000',
        '\ud800',
        '1e9',
        '🚀',
        ' ',
        'constructor',
        -1,
        1e300,
      ),
    );
    fc.assert(
      fc.property(fc.constantFrom(...leaves(whole, [])), odd, (path, value) =>
        isResolvedOrRefused(JSON.stringify(replaced(whole, path, value))),
      ),
      { numRuns: 1000 },
    );
  });

  it('is resolved or refused with a UserError: a working file cut off or damaged anywhere', () => {
    const text = JSON.stringify(whole, null, 1);
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(3), fc.string({ unit: 'binary', maxLength: 3 }), (at, drop, put) =>
        isResolvedOrRefused(text.slice(0, at) + put + text.slice(at + drop)),
      ),
      { numRuns: 1000 },
    );
  });

  it.each([
    'spaces are fine',
    "o'brien",
    '"quoted"',
    '$(touch pwned)',
    '`id`',
    'größe',
    '日本語',
    '-rf',
    '*',
    'a\\b',
    ';',
  ])('lets a deployTo hold %s', (name) => expect(deployToProblem(`/srv/${name}`)).toBeUndefined());

  it.each([
    '/',
    '///',
    '/etc',
    '/etc/',
    '/./etc//x',
    '/usr/bin/x',
    '/home',
    '/srv',
    '/proc/1',
    'srv',
    '',
    '~',
    '/srv/..',
    '/srv/\n',
    '/srv/\u009b',
  ])('refuses %j as a deployTo', (path) => expect(deployToProblem(path)).toBeDefined());
});

describe('an address', () => {
  it.each([
    ['fra-1', { user: undefined, host: 'fra-1', port: undefined }],
    ['deploy@fra-1.example.com:2222', { user: 'deploy', host: 'fra-1.example.com', port: 2222 }],
    ['deploy@[2001:db8::1]', { user: 'deploy', host: '2001:db8::1', port: undefined }],
    ['[fe80::1%eth0]:22', { user: undefined, host: 'fe80::1%eth0', port: 22 }],
    ['::1', { user: undefined, host: '::1', port: undefined }],
    ['ana@example.com@bastion', { user: 'ana@example.com', host: 'bastion', port: undefined }],
  ])('%s is understood', (text, address) => expect(parseAddress(text)).toEqual(address));

  it.each([
    '',
    '@',
    'a b',
    '-oX',
    'x@-oX',
    '-l@x',
    'x:',
    'x:0',
    'x:65536',
    'x:22x',
    'x:-1',
    '[::1',
    'a\nb',
    '$(id)',
    'x;y',
    'ssh://x',
    'x/y',
    '[x]:22:22',
  ])('%j is refused', (text) => expect(parseAddress(text)).toHaveProperty('problem'));
});

const whole = minimal({
  prepare: [{ run: 'npm ci', inputs: ['a'], outputs: ['b'], key: 'node -v', timeout: '1m' }],
  keepReleases: 3,
  path: ['/opt/x/bin'],
  shared: { files: ['.env'], dirs: ['data'] },
  rollout: {
    strategy: 'rolling',
    batch: '25%',
    maxUnavailable: 1,
    maxFailures: 0,
    onFailure: 'pause',
    bake: '1s',
    progressDeadline: '9m',
  },
  roles: {
    bot: {
      service: { systemd: 'x@{instance}', scope: 'user' },
      health: { tcp: '{port}', interval: '1s' },
      port: 80,
      exclusive: true,
    },
    web: {
      service: { start: 'a', stop: 'b', status: 'c', pidFile: 'd' },
      health: { http: 'http://x/', status: 200, body: 'x' },
    },
  },
  stages: {
    live: { protected: true, hosts: [{ name: 'h', address: 'u@h:22', roles: { bot: 1, web: 2 }, deployTo: '/srv/x' }] },
  },
});

function isResolvedOrRefused(text: string): void {
  try {
    settingsIn(text, 'hosts.json');
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.code).toBe('SLIP_CONFIG');
    expect(error.detail.every((line) => line.isWellFormed())).toBe(true);
    expect(error.detail.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  }
}

type Path = readonly (string | number)[];

function leaves(value: unknown, path: Path): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries = Array.isArray(value) ? value.map((each, i) => [i, each] as const) : Object.entries(value);
  return [path, ...entries.flatMap(([key, each]) => leaves(each, [...path, key]))];
}

function replaced(value: unknown, [step, ...rest]: Path, by: unknown): unknown {
  if (step === undefined) return by;
  if (Array.isArray(value)) return value.map((each, i) => (i === step ? replaced(each, rest, by) : (each as unknown)));
  const object = value as Record<string, unknown>;
  return { ...object, [step]: replaced(object[step], rest, by) };
}
