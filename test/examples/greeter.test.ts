import { once } from 'node:events';
import { createServer, connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { Greeter, install } from './running-greeter.ts';

vi.setConfig({ testTimeout: 20_000 });

const patience = { timeout: 10_000, interval: 20 };
const cleanups: (() => Promise<unknown>)[] = [];

/** Starts a greeter whose release and whose instance are told how to behave. */
async function start(switches: object | string = {}, env: Record<string, string> = {}): Promise<Greeter> {
  const installed = await install(switches);
  const greeter = new Greeter(installed.current, env);
  cleanups.push(async () => {
    greeter.signal('SIGKILL');
    await greeter.exited;
    await installed.remove();
  });
  return greeter;
}

afterEach(async () => {
  await Promise.all(cleanups.splice(0).map((clean) => clean()));
});

const isListening = ({ msg }: { msg: string }): boolean => msg === 'listening';

test('healthz answers 200 with the release and the uptime', async () => {
  const reply = await (await start()).get('/healthz');
  expect(reply.status).toBe(200);
  expect(await reply.json()).toEqual({
    ok: true,
    release: '20261121T114205Z-1f0755f',
    uptime: expect.any(Number) as number,
  });
});

test('metrics are Prometheus text 0.0.4 with requests, errors, greetings, build and memory', async () => {
  const greeter = await start({}, { SLIPWAY_RELEASE: 'a "quoted\\ one' });
  const reply = await greeter.get('/metrics');
  expect(reply.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const text = await reply.text();
  expect(text).toMatch(/^(# HELP \w+ .+\n# TYPE \w+ (counter|gauge)\n\w+(\{.+\})? [\d.e+-]+\n)+$/);
  expect(text).toContain('greeter_build_info{release="a \\"quoted\\\\ one",node="v');
  expect(await greeter.metric('greeter_requests_total')).toBe(2);
  expect(await greeter.metric('greeter_errors_total')).toBe(0);
  expect(await greeter.metric('process_resident_memory_bytes')).toBeGreaterThan(1e6);
});

test('every log line is what pino would write', async () => {
  const greeter = await start();
  const line = await greeter.line(isListening);
  expect(Object.keys(line).slice(0, 4)).toEqual(['level', 'time', 'pid', 'hostname']);
  expect(Object.keys(line).at(-1)).toBe('msg');
  expect(line.level).toBe(30);
  expect(Math.abs(Date.now() - Number(line['time']))).toBeLessThan(60_000);
});

test('it greets by its timer, logs it and counts it', async () => {
  const greeter = await start({ greetEveryMs: 10 });
  await greeter.line(({ greetings, msg }) => greetings === 3 && /^Hello, \w+!$/.test(msg));
  expect(await greeter.metric('greeter_greetings_total')).toBeGreaterThanOrEqual(3);
});

test('the release named in the environment goes before the folder', async () => {
  const reply = await (await start({}, { SLIPWAY_RELEASE: 'told' })).get('/');
  expect(await reply.text()).toBe('Hello from release told!\n');
});

test('outside of a releases folder the release is "dev"', async () => {
  const greeter = new Greeter(join(import.meta.dirname, '../../examples/greeter'), {});
  cleanups.push(() => (greeter.signal('SIGKILL'), greeter.exited));
  expect(await (await greeter.get('/healthz')).json()).toMatchObject({ release: 'dev' });
});

test('an unknown path is 404 and a POST is 405', async () => {
  const greeter = await start();
  expect((await greeter.get('/etc/passwd')).status).toBe(404);
  expect((await fetch(await greeter.url('/'), { method: 'POST' })).status).toBe(405);
});

test('bootDelayMs: it listens only after that time', async () => {
  const greeter = await start({ bootDelayMs: 300 });
  const listening = await greeter.line(isListening);
  const starting = await greeter.line(({ msg }) => msg === 'starting');
  expect(Number(listening['time']) - Number(starting['time'])).toBeGreaterThanOrEqual(295);
});

test('bootDelayMs: a bot told to stop while it boots never listens and exits 0', async () => {
  const greeter = await start({ bootDelayMs: 60_000 });
  await greeter.line(({ msg }) => msg === 'starting');
  greeter.signal('SIGTERM');
  expect(await greeter.exited).toEqual({ code: 0, signal: null });
  expect(greeter.lines.some(isListening)).toBe(false);
});

test('health fail: healthz answers 503 and says why', async () => {
  const reply = await (await start({ health: 'fail' })).get('/healthz');
  expect(reply.status).toBe(503);
  expect(await reply.json()).toMatchObject({ ok: false, reason: 'told to fail' });
});

test('health flap: healthz turns from 200 to 503 and back', async () => {
  const greeter = await start({ health: 'flap', flapEveryMs: 100 });
  for (const status of [200, 503, 200, 503]) {
    await vi.waitFor(async () => expect((await greeter.get('/healthz')).status).toBe(status), patience);
  }
});

test('crash: it ends with 1 before it listens', async () => {
  const greeter = await start({ crash: true });
  expect(await greeter.exited).toEqual({ code: 1, signal: null });
  expect(greeter.lines.map(({ msg }) => msg)).toEqual(['starting', 'crashed']);
});

test('crashAfterMs: it serves that long, then ends with 1 and a fatal line', async () => {
  const greeter = await start({ crashAfterMs: 300 });
  await greeter.line(isListening);
  expect(await greeter.exited).toEqual({ code: 1, signal: null });
  const crashed = greeter.lines.at(-1)!;
  expect(crashed).toMatchObject({ level: 60, msg: 'crashed', err: { type: 'Error', message: 'told to crash' } });
});

test('errorsPerMinute: it logs errors with a stack and counts them', async () => {
  const greeter = await start({ errorsPerMinute: 6000 });
  const line = await greeter.line(({ level }) => level === 50);
  expect(line['err']).toMatchObject({ type: 'Error', stack: expect.stringContaining('work.js') as string });
  expect(await greeter.metric('greeter_errors_total')).toBeGreaterThanOrEqual(1);
});

test('leakMbPerMinute: its resident memory grows', async () => {
  const greeter = await start({ leakMbPerMinute: 6000 });
  const before = await greeter.metric('process_resident_memory_bytes');
  const grown = before + 50 * 2 ** 20;
  await vi.waitFor(
    async () => expect(await greeter.metric('process_resident_memory_bytes')).toBeGreaterThan(grown),
    patience,
  );
});

test('responseDelayMs: every answer waits', async () => {
  const greeter = await start({ responseDelayMs: 200 });
  const url = await greeter.url('/healthz');
  const from = performance.now();
  expect((await fetch(url)).status).toBe(200);
  expect(performance.now() - from).toBeGreaterThanOrEqual(195);
});

test('the environment of an instance overrides greeter.json of the release', async () => {
  const greeter = await start({ health: 'fail', crash: true }, { GREETER_HEALTH: 'ok', GREETER_CRASH: 'false' });
  expect((await greeter.get('/healthz')).status).toBe(200);
});

test.each([
  [{ helth: 'fail' }, 'greeter.json: there is no switch "helth"'],
  [{ health: 'bad' }, 'greeter.json: health must be "ok", "fail" or "flap", not "bad"'],
  [{ crashAfterMs: 1e12 }, 'greeter.json: crashAfterMs must be a number from 0 to 2147483647, not 1000000000000'],
  ['[]', 'greeter.json must hold one object of switches'],
])('a greeter.json of %j ends it with 1 and says what is wrong', async (switches, message) => {
  const greeter = await start(switches);
  expect(await greeter.exited).toEqual({ code: 1, signal: null });
  expect(greeter.lines.at(-1)).toMatchObject({ level: 60, msg: 'cannot start', err: { message } });
});

test('a PORT that is no port ends it with 1', async () => {
  expect(await (await start({}, { PORT: 'http' })).exited).toEqual({ code: 1, signal: null });
});

test('a taken port ends it with 1 and a line that says so', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  const greeter = await start({}, { PORT: String(port) });
  expect(await greeter.exited).toEqual({ code: 1, signal: null });
  expect(greeter.lines.at(-1)).toMatchObject({ level: 60, msg: 'cannot listen' });
  other.close();
});

/** Sends a request and resolves as soon as the bot has it in its hands, which its "100 Continue" tells. */
async function startRequest(greeter: Greeter): Promise<{ answer: Promise<string> }> {
  const socket = connect(Number(new URL(await greeter.url('/')).port), '127.0.0.1').setEncoding('utf8');
  let text = '';
  socket.on('data', (chunk) => (text += String(chunk))).on('error', () => undefined);
  const closed = once(socket, 'close');
  socket.write('GET / HTTP/1.1\r\nHost: greeter\r\nExpect: 100-continue\r\n\r\n');
  await once(socket, 'data');
  return { answer: closed.then(() => text.replace('HTTP/1.1 100 Continue\r\n\r\n', '')) };
}

test('SIGTERM: a request in flight is answered, its connection closed, then the bot exits 0', async () => {
  const greeter = await start({ responseDelayMs: 300 });
  const { answer } = await startRequest(greeter);
  greeter.signal('SIGTERM');
  expect(await answer).toMatch(/^HTTP\/1.1 200 OK\r\nConnection: close\r\n[^]*Hello from release/);
  expect(await greeter.exited).toEqual({ code: 0, signal: null });
});

test('SIGTERM: a request that never ends is cut off, and the bot exits 0 all the same', async () => {
  const greeter = await start({ responseDelayMs: 600_000 });
  const { answer } = await startRequest(greeter);
  greeter.signal('SIGTERM');
  expect(await answer).toBe('');
  expect(await greeter.exited).toEqual({ code: 0, signal: null });
});

test('SIGTERM: an idle connection does not hold it back', async () => {
  const greeter = await start();
  expect((await greeter.get('/healthz')).headers.get('connection')).toBe('keep-alive');
  const from = performance.now();
  greeter.signal('SIGTERM');
  expect(await greeter.exited).toEqual({ code: 0, signal: null });
  expect(performance.now() - from).toBeLessThan(2000);
});

test('lameDuckMs: after SIGTERM it still serves, says 503 and closes its connections', async () => {
  const greeter = await start({}, { GREETER_LAME_DUCK_MS: '2000' });
  await greeter.line(isListening);
  greeter.signal('SIGTERM');
  await greeter.line(({ msg }) => msg === 'stopping');
  const reply = await greeter.get('/healthz');
  expect(reply.status).toBe(503);
  expect(reply.headers.get('connection')).toBe('close');
  expect(await reply.json()).toMatchObject({ ok: false, reason: 'stopping' });
  expect((await greeter.get('/')).status).toBe(200);
  expect(await greeter.exited).toEqual({ code: 0, signal: null });
});
