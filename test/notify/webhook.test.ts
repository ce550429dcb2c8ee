import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { AlertEvent } from '../../src/analysis/alerts.ts';
import type { WebhookSettings } from '../../src/config/settings-alerts.ts';
import { createNotifier } from '../../src/notify/webhook.ts';

const EVENT: AlertEvent = {
  ...{ type: 'tripped', subject: { instance: 'bot.1@fra-1' }, alert: 'healthLatency', unit: 'ms', bound: 'above' },
  ...{ t: Date.UTC(2026, 10, 21, 12), value: 912, threshold: 800, since: Date.UTC(2026, 10, 21, 11, 59, 30) },
};

/** Who takes webhooks, and what was posted; each is answered with the next status, the last of them again and again. */
async function taker(...statuses: readonly number[]) {
  const posts: { readonly body: Record<string, unknown>; readonly request: IncomingMessage }[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    posts.push({ request, body: JSON.parse(await text(request)) as Record<string, unknown> });
    const status = statuses[Math.min(posts.length, statuses.length) - 1] ?? 204;
    response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end();
  };
  const server = createServer((request, response) => void take(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    ...{ posts, port, url: `http://127.0.0.1:${port}/T0/secret` },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Where nobody listens any more. */
async function gone() {
  await using to = await taker();
  return { url: to.url, port: to.port };
}

const written = (url: string): WebhookSettings => ({ type: 'webhook', url: { type: 'written', url } });
const variable = (name: string): WebhookSettings => ({ type: 'webhook', url: { type: 'variable', name } });

function notifying(targets: readonly WebhookSettings[], env: Record<string, string> = {}) {
  const troubles: string[] = [];
  const pauses: number[] = [];
  const clock = { now: () => 0, sleep: async (ms: number) => void pauses.push(ms) };
  const onTrouble = (message: string) => troubles.push(message);
  return {
    troubles,
    pauses,
    ...createNotifier({ app: 'greeter', stage: 'production', targets, env, clock, onTrouble }),
  };
}

describe('a webhook', () => {
  test('is sent what Slack and Discord show, and what programs read', async () => {
    await using to = await taker();
    const told = notifying([written(to.url)]);
    told.tell(EVENT);
    await told.close();
    const words = 'ALERT: greeter production: bot.1@fra-1: health latency is 912 ms, above 800 ms for 30s';
    expect(to.posts.map(({ body }) => body)).toEqual([
      {
        ...{ text: words, content: words, v: 1, type: 'tripped', app: 'greeter', stage: 'production' },
        ...{ instance: 'bot.1@fra-1', alert: 'healthLatency', value: 912, threshold: 800, bound: 'above', unit: 'ms' },
        ...{ at: '2026-11-21T12:00:00.000Z', since: '2026-11-21T11:59:30.000Z' },
      },
    ]);
    expect(to.posts[0]!.request).toMatchObject({ method: 'POST', url: '/T0/secret' });
    expect(to.posts[0]!.request.headers['content-type']).toBe('application/json');
    expect(told.troubles).toEqual([]);
  });

  test('is told in the order of what happened, each once, wherever its URL is kept', async () => {
    await using to = await taker();
    const told = notifying([variable('HOOK'), written(to.url)], { HOOK: to.url });
    told.tell(EVENT);
    told.tell({ ...EVENT, type: 'cleared', value: 400 });
    await told.close();
    expect(to.posts.map(({ body }) => body['type']).sort()).toEqual(['cleared', 'cleared', 'tripped', 'tripped']);
    expect(to.posts.map(({ body }) => body['type']).indexOf('tripped')).toBe(0);
  });

  test('that does not take it is tried once more', async () => {
    await using to = await taker(503, 200);
    const told = notifying([written(to.url)]);
    told.tell(EVENT);
    await told.close();
    expect([to.posts.length, told.pauses, told.troubles]).toEqual([2, [2000], []]);
  });

  test('that fails is said once, without its URL, until it was told again', async () => {
    await using to = await taker(500, 500, 500, 302, 200, 404);
    const told = notifying([written(to.url)]);
    for (let count = 0; count < 4; count += 1) told.tell(EVENT);
    await told.close();
    const name = `notify[0] (127.0.0.1:${to.port}) was not told`;
    expect(told.troubles).toEqual([`${name}: it answers 500`, `${name}: it answers 404`]);
    // a redirection is an answer: nothing is told to somebody else
    expect(to.posts.every(({ request }) => request.url === '/T0/secret')).toBe(true);
    expect(to.posts).toHaveLength(7);
  });

  test('that is not there, or not said here, is said as such', async () => {
    const env = { WRONG: 'secret but no URL', EMPTY: '' };
    const { url, port } = await gone();
    const targets = [written(url), variable('NONE'), variable('WRONG'), variable('EMPTY')];
    const told = notifying(targets, env);
    told.tell(EVENT);
    told.tell(EVENT);
    await told.close();
    expect(told.troubles.sort()).toEqual([
      `notify[0] (127.0.0.1:${port}) was not told: ECONNREFUSED`,
      'notify[1] was not told: NONE is not set here',
      'notify[2] was not told: what WRONG holds is no https://… URL',
      'notify[3] was not told: EMPTY is not set here',
    ]);
    expect(told.troubles.join()).not.toContain('secret');
  });

  test('that hangs holds up nobody else, and what waits for it is bounded', async () => {
    await using to = await taker();
    const told = notifying([written(to.url)]);
    for (let count = 0; count < 150; count += 1) told.tell(EVENT);
    await told.close();
    expect(told.troubles).toEqual([expect.stringContaining('100 alerts wait for it already')]);
    expect(to.posts).toHaveLength(100);
  });
});
