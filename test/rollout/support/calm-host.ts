import type { HostState, InstanceState, LockOwner, LockState } from '../../../src/host/state.ts';
import type { Check } from '../../../src/rollout/diagnosis.ts';
import { diagnosisOf } from '../../../src/rollout/doctor.ts';
import type { Examined, ExaminedHost, RoundTrip } from '../../../src/rollout/doctor/examined.ts';
import { plainSpec } from '../../../src/ssh/spec.ts';
import { wayOf } from '../../../src/ssh/way.ts';
import { live } from '../../config/minimal.ts';
import { NEW, OLD, record } from './worlds.ts';

type Json = Record<string, unknown>;

const HEALTH = { http: 'http://127.0.0.1:{port}/healthz' };
export const UNIT = { service: { systemd: 'greeter@{instance}' }, port: 5001, health: HEALTH };
export const COMMANDS = { service: { start: 'a', stop: 'b', status: 'c' } };

export const SPEC = plainSpec({ name: 'fra-1', host: '203.0.113.10', port: 22, user: 'deploy' });
export const WAY = wayOf(SPEC, 'ssh2');
export const TRIP: RoundTrip = { ms: 24, ahead: 40 };

export const BOT: InstanceState = {
  ...{
    id: 'bot.1@fra-1',
    name: 'bot.1',
    host: 'fra-1',
    current: NEW,
    previous: OLD,
    runs: { type: 'release', id: NEW },
  },
  service: { status: 'running', pid: 7, startedAt: 1_000_000, restarts: 0, detail: 'active (running)' },
  health: { healthy: true, outcome: '200', latencyMs: 12 },
  busy: undefined,
};

export const CALM: HostState = {
  ...{ host: 'fra-1', now: 4_600_000, initialised: true, user: 'deploy', system: 'Linux x86_64' },
  tools: new Set(['tar', 'gzip', 'zstd', 'awk', 'sha256sum', 'timeout', 'curl', 'systemctl', 'systemd']),
  disk: { freeBytes: 12e9, freeInodes: 1e6 },
  releases: [record(OLD, 1, 'good'), record(NEW, 2, 'good')],
  instances: [BOT],
  ...{ traffic: [], leftovers: [], owner: '{"app":"greeter","stage":"live"}', lock: undefined, last: undefined },
  ...{ notWritable: undefined, cutUploads: 0, findings: [] },
};

/** What is otherwise than on a calm host. */
export interface Case {
  readonly role?: Json;
  readonly settings?: Json;
  readonly state?: Partial<HostState>;
  /** Of the one instance. */
  readonly bot?: Partial<InstanceState>;
  readonly examined?: Partial<ExaminedHost>;
}

/** The checks of the one host. */
export function checksIn({ role = UNIT, settings = {}, state = {}, bot, examined = {} }: Case): readonly Check[] {
  const instances = bot === undefined ? CALM.instances : [{ ...BOT, ...bot }];
  const one: Examined = {
    ...{ type: 'read', host: 'fra-1', way: WAY, trip: TRIP, owner: 'unknown' },
    state: { ...CALM, instances, ...state },
    ...examined,
  };
  return diagnosisOf(live({ roles: { bot: role }, ...settings }), [one]).hosts[0]!.checks;
}

/** `bad disk: what → mend` */
export const short = ({ area, verdict, what, mend }: Check) =>
  `${verdict} ${area}: ${what}${mend === undefined ? '' : ` → ${mend}`}`;
export const notOk = (checks: readonly Check[]) => checks.filter(({ verdict }) => verdict !== 'ok').map(short);

export function lockOf(owner: Partial<LockOwner> | undefined, ageMs = 4000): LockState {
  const whole: LockOwner = {
    ...{ rollout: 'r1', who: 'ana@laptop', since: Date.UTC(2026, 10, 21), why: 'deploy' },
    ...{ state: 'held', machine: 'm', boot: 'b', pid: 1 },
  };
  return { owner: owner && { ...whole, ...owner }, ageMs };
}
