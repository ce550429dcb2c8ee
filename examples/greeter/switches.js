// @ts-check
import { existsSync, readFileSync } from 'node:fs';

/**
 * How the bot is to behave. `greeter.json` beside the code sets it for a release, the environment for an instance;
 * the environment wins.
 * @typedef {object} Switches
 * @property {string} host address to listen on
 * @property {number} greetEveryMs time between two greetings; 0 never
 * @property {number} bootDelayMs time before it listens
 * @property {'ok' | 'fail' | 'flap'} health what /healthz says
 * @property {number} flapEveryMs how long a flapping health stays the same
 * @property {boolean} crash end with status 1 before listening
 * @property {number} crashAfterMs end with status 1 so long after listening; 0 never
 * @property {number} errorsPerMinute error lines logged and counted
 * @property {number} leakMbPerMinute memory taken and never given back
 * @property {number} responseDelayMs time before every answer
 * @property {number} lameDuckMs time between a stop signal and closing the listener
 */

/** The longest delay a timer takes; a longer one would fire at once. */
const longestMs = 2 ** 31 - 1;

/** @typedef {{ fallback: unknown, expects: string, accepts: (value: unknown) => boolean }} Kind */

/** @param {number} fallback @param {number} [least] @returns {Kind} */
const number = (fallback, least = 0) => ({
  fallback,
  expects: `a number from ${least} to ${longestMs}`,
  accepts: (value) => typeof value === 'number' && value >= least && value <= longestMs,
});

/** @type {Record<keyof Switches, Kind & { env: string }>} */
const kinds = {
  host: {
    env: 'GREETER_HOST',
    fallback: '127.0.0.1',
    expects: 'an address',
    accepts: (value) => typeof value === 'string',
  },
  greetEveryMs: { env: 'GREETER_GREET_EVERY_MS', ...number(2000) },
  bootDelayMs: { env: 'GREETER_BOOT_DELAY_MS', ...number(0) },
  health: {
    env: 'GREETER_HEALTH',
    fallback: 'ok',
    expects: '"ok", "fail" or "flap"',
    accepts: (value) => value === 'ok' || value === 'fail' || value === 'flap',
  },
  flapEveryMs: { env: 'GREETER_FLAP_EVERY_MS', ...number(2000, 1) },
  crash: {
    env: 'GREETER_CRASH',
    fallback: false,
    expects: 'true or false',
    accepts: (value) => typeof value === 'boolean',
  },
  crashAfterMs: { env: 'GREETER_CRASH_AFTER_MS', ...number(0) },
  errorsPerMinute: { env: 'GREETER_ERRORS_PER_MINUTE', ...number(0) },
  leakMbPerMinute: { env: 'GREETER_LEAK_MB_PER_MINUTE', ...number(0) },
  responseDelayMs: { env: 'GREETER_RESPONSE_DELAY_MS', ...number(0) },
  lameDuckMs: { env: 'GREETER_LAME_DUCK_MS', ...number(0) },
};

/**
 * Reads the switches of a release and of an instance; throws on an unknown one or on a value that is no such thing.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} file path of greeter.json, which may be absent
 * @returns {Switches}
 */
export function readSwitches(env, file) {
  const ofRelease = readFile(file);
  const unknown = Object.keys(ofRelease).find((key) => !Object.hasOwn(kinds, key));
  if (unknown !== undefined) throw new Error(`greeter.json: there is no switch "${unknown}"`);
  /** @type {[string, unknown][]} */
  const entries = Object.entries(kinds).map(([key, kind]) => {
    const ofInstance = env[kind.env];
    if (ofInstance) return [key, checked(fromText(ofInstance), kind, kind.env)];
    return [key, key in ofRelease ? checked(ofRelease[key], kind, `greeter.json: ${key}`) : kind.fallback];
  });
  return /** @type {Switches} */ (Object.fromEntries(entries));
}

/** @param {string} file @returns {Record<string, unknown>} */
function readFile(file) {
  if (!existsSync(file)) return {};
  /** @type {unknown} */
  const value = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error('greeter.json must hold one object of switches');
  }
  return /** @type {Record<string, unknown>} */ (value);
}

/** @param {unknown} value @param {Kind} kind @param {string} where */
function checked(value, kind, where) {
  if (kind.accepts(value)) return value;
  throw new Error(`${where} must be ${kind.expects}, not ${JSON.stringify(value)}`);
}

/** The environment knows only text: "250" is a number there, "true" a yes. @param {string} text */
function fromText(text) {
  if (text === 'true' || text === 'false') return text === 'true';
  return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
}
