import { expect, test } from 'vitest';
import type { LogSettings } from '../../src/config/settings.ts';
import { hostSources } from '../../src/logs/host-source.ts';
import { bot } from '../host/stage.ts';

const sourcesOf = (...logs: readonly LogSettings[]) =>
  hostSources(
    logs.map((log, index) => ({ ...bot({ name: `bot.${index + 1}` }), log })),
    () => '/srv/app',
  ).map((one) => [one.source(50), one.resume, one.instances.map(({ name }) => name)]);

test('what pm2 runs is read from both of its files, whether a pm2 is there or not', () => {
  expect(sourcesOf({ type: 'pm2', name: 'shop' })).toEqual([
    [{ type: 'file', path: '~/.pm2/logs/shop-out.log' }, 'place', ['bot.1']],
    [{ type: 'file', path: '~/.pm2/logs/shop-error.log' }, 'place', ['bot.1']],
  ]);
});

test('a file that several instances write to is read once', () => {
  const log = { type: 'file', path: '/var/log/app.log' } as const;
  expect(sourcesOf(log, log)).toEqual([[log, 'place', ['bot.1', 'bot.2']]]);
});

test('a container is asked for its last lines with their times', () => {
  expect(sourcesOf({ type: 'container', engine: 'podman', name: "it's" })).toEqual([
    [
      { type: 'command', command: String.raw`exec podman logs --timestamps --tail 50 -f 'it'\''s'` },
      'overlap',
      ['bot.1'],
    ],
  ]);
});
