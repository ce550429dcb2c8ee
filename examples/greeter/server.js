// @ts-check
import { createServer } from 'node:http';
import { join } from 'node:path';
import { leave, log } from './log.js';
import { counters, exposition, metricsType } from './metrics.js';
import { nameRelease, releaseFolder } from './release.js';
import { readSwitches } from './switches.js';
import { crash, startWork } from './work.js';

/** @typedef {import('./switches.js').Switches} Switches */
/** @typedef {{ status: number, type: string, body: string }} Reply */

/** Requests that still run so long after the listener closed are cut off. */
const inFlightMs = 3000;

const release = nameRelease(process.env);
let isStopping = false;

/** Why the bot is not well. @param {Switches} switches */
function complaint(switches) {
  if (isStopping) return 'stopping';
  if (switches.health === 'fail') return 'told to fail';
  const isOddPeriod = Math.floor((process.uptime() * 1000) / switches.flapEveryMs) % 2 === 1;
  return switches.health === 'flap' && isOddPeriod ? 'told to flap' : undefined;
}

/** @param {Switches} switches @returns {Reply} */
function health(switches) {
  const reason = complaint(switches);
  const body = { ok: reason === undefined, release, uptime: Math.round(process.uptime() * 1000) / 1000, reason };
  return { status: body.ok ? 200 : 503, type: 'application/json', body: `${JSON.stringify(body)}\n` };
}

/** @param {import('node:http').IncomingMessage} request @param {Switches} switches @returns {Reply} */
function replyTo(request, switches) {
  const type = 'text/plain; charset=utf-8';
  if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, type, body: 'only GET\n' };
  const path = request.url?.split('?')[0] ?? '';
  switch (path) {
    case '/':
      return { status: 200, type, body: `Hello from release ${release}!\n` };
    case '/healthz':
      return health(switches);
    case '/metrics':
      return { status: 200, type: metricsType, body: exposition(release) };
    default:
      return { status: 404, type, body: 'try /, /healthz or /metrics\n' };
  }
}

/** @param {Switches} switches */
function serve(switches) {
  const server = createServer((request, response) => {
    counters.requests += 1;
    setTimeout(() => {
      const { status, type, body } = replyTo(request, switches);
      if (isStopping) response.setHeader('Connection', 'close');
      response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) }).end(body);
    }, switches.responseDelayMs);
  });
  server.on('error', (err) => {
    log.fatal({ err }, 'cannot listen');
    leave(1);
  });
  return server;
}

/**
 * Lame duck, then no new connections, then nothing in flight, then gone.
 * @param {import('node:http').Server} server
 * @param {number} lameDuckMs
 */
function stop(server, lameDuckMs) {
  const gone = () => {
    log.info({ release }, 'stopped');
    leave(0);
  };
  if (!server.listening) {
    gone();
    return;
  }
  setTimeout(() => {
    server.close(gone);
    server.closeIdleConnections(); // Node 18 leaves idle keep-alive connections to their timeout
    setTimeout(() => {
      log.warn({ inFlightMs }, 'requests in flight cut off');
      server.closeAllConnections();
    }, inFlightMs);
  }, lameDuckMs);
}

/** @param {Switches} switches @param {number} port */
function run(switches, port) {
  const server = serve(switches);
  let stopWork = () => {};

  const listen = () => {
    if (switches.crash) {
      crash();
      return;
    }
    server.listen(port, switches.host, () => {
      stopWork = startWork(switches);
      log.info({ release, address: server.address(), node: process.version }, 'listening');
    });
  };

  /** @param {NodeJS.Signals} signal */
  const onSignal = (signal) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal, lameDuckMs: switches.lameDuckMs }, 'stopping');
    clearTimeout(boot);
    stopWork();
    stop(server, switches.lameDuckMs);
  };

  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  log.info({ release, switches }, 'starting');
  const boot = setTimeout(listen, switches.bootDelayMs);
}

function main() {
  const switches = readSwitches(process.env, join(releaseFolder, 'greeter.json'));
  const port = Number(process.env['PORT'] || 5001);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`PORT ${process.env['PORT']} is no port`);
  run(switches, port);
}

try {
  main();
} catch (err) {
  log.fatal({ err }, 'cannot start');
  leave(1);
}
