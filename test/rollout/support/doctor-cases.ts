import { MANUAL } from '../../../src/rollout/lock-words.ts';
import { BOT, type Case, COMMANDS, lockOf, UNIT } from './calm-host.ts';
import { NEW, OLD, record } from './worlds.ts';

/** What is not ok then, and nothing else: verdict, area, words, mend. */
export const CASES: Readonly<Record<string, readonly [Case, ...RegExp[]]>> = {
  'a disk with little room is a warning': [
    { state: { disk: { freeBytes: 4e8, freeInodes: 5000 } } },
    /^warning disk: only 400 MB are free → .*df -h \/srv\/greeter-live; .*\/srv\/greeter-live\/releases/,
    /^warning disk: only 5000 more files are possible → .*df -i/,
  ],
  'a disk that takes no release is bad': [
    { state: { disk: { freeBytes: 1e6, freeInodes: 0 } } },
    /^bad disk: only 1.0 MB are free/,
    /^bad disk: only 0 more files are possible/,
  ],
  'a disk that tells nothing is not known': [
    { state: { disk: { freeBytes: undefined, freeInodes: undefined } } },
    /^unknown disk: how much is free/,
  ],
  'zstd is worth a warning': [
    { state: { tools: new Set(['tar', 'curl', 'systemctl', 'systemd']) } },
    /^warning tools: zstd is not installed.*apt-get install zstd/,
  ],
  'what the host script finds missing is bad, in its area': [
    {
      state: {
        findings: [
          { severity: 'missing', kind: 'tool', what: 'awk is not installed', mend: 'install mawk' },
          {
            severity: 'missing',
            kind: 'sudo',
            what: 'no right to run: sudo systemctl stop greeter@1',
            mend: 'sudoers',
          },
          { severity: 'missing', kind: 'readonly', what: '/srv is mounted read-only', mend: 'remount' },
          { severity: 'missing', kind: 'linger', what: 'does not linger', mend: 'loginctl' },
          { severity: 'missing', kind: 'denied', what: 'no right to write to releases', mend: 'chown' },
        ],
      },
    },
    /^bad disk: \/srv is mounted read-only → remount$/,
    /^bad tools: awk is not installed → install mawk$/,
    /^bad rights: no right to run: sudo systemctl stop greeter@1 → sudoers$/,
    /^bad folder: no right to write to releases → chown$/,
    /^bad service: does not linger → loginctl$/,
  ],
  'what it warns of is a warning': [
    { state: { findings: [{ severity: 'warning', kind: 'journal', what: 'no right to read', mend: 'usermod' }] } },
    /^warning rights: no right to read → usermod$/,
  ],
  'a folder of another stage is bad': [
    { state: { owner: '{"app":"other","stage":"live"}' } },
    /^bad folder: the folder belongs to {"app":"other","stage":"live"} → Give this stage a deployTo of its own/,
  ],
  'a folder that may not be made is bad': [
    { state: { notWritable: '/srv', initialised: false } },
    /^bad folder: no right to write to \/srv → On the host: sudo install -d -o deploy \/srv\/greeter-live$/,
  ],
  'an upload without an end is a warning, though not under a lock': [
    { state: { cutUploads: 2 } },
    /^warning folder: 2 uploads that came to no end are kept.* → .*rm -rf \/srv\/greeter-live\/.slipway\/incoming\/\*$/,
  ],
  'a release without its files is bad when an instance points at it, and a warning when it is good': [
    {
      state: {
        releases: [
          { ...record(OLD, 1, 'good'), present: false, revision: 'abc' },
          { ...record(NEW, 2, 'good'), present: false },
        ],
      },
    },
    /^warning folder: the folder of \S+aaaaaaa, or .* → .*slipway deploy live --ref abc$/,
    /^bad folder: the folder of \S+1f0755f, or .*, and bot.1 points at it → Send it again: slipway deploy live$/,
  ],
  'an instance that does not run is bad, and its health not known': [
    {
      bot: {
        ...{ runs: { type: 'nothing' }, health: undefined },
        service: { ...BOT.service, status: 'stopped', detail: 'inactive (dead)' },
      },
    },
    /^bad service: bot.1 does not run: inactive \(dead\) → On the host: sudo systemctl start greeter@1; why it ended: journalctl -n 50 -u greeter@1$/,
    /^unknown health: http:\/\/127.0.0.1:5001\/healthz was not asked: bot.1 does not run$/,
  ],
  'an instance that has failed is bad': [
    { bot: { service: { ...BOT.service, status: 'failed', detail: 'failed' } } },
    /^bad service: bot.1 has failed: failed → On the host: journalctl -n 50 -u greeter@1$/,
  ],
  'an instance that starts again and again is a warning': [
    { bot: { service: { ...BOT.service, restarts: 3 } } },
    /^warning service: bot.1 runs for 1h00m, and was started again 3 times by itself → /,
  ],
  'an instance of which nobody knows what it runs is a warning': [
    { bot: { runs: { type: 'unproven' } } },
    /^warning service: bot.1 runs for 1h00m, but which release cannot be seen → It is another user's process: let its health/,
  ],
  'an instance without a pid file is told that it needs one to be seen': [
    { role: COMMANDS, bot: { runs: { type: 'unproven' } } },
    /^warning service: bot.1 runs .* → Give the role a "pidFile" in hosts.json, or let its health/,
  ],
  'an instance of which nobody knows whether it runs is not known': [
    {
      role: COMMANDS,
      bot: { service: { ...BOT.service, status: 'unknown', detail: 'the status command exits 7' } },
    },
    /^unknown service: whether bot.1 runs is not known: the status command exits 7 → On the host: tail -n 50 \/srv\/greeter-live\/instances\/bot.1\/log$/,
  ],
  'an instance that answers badly is bad': [
    { bot: { health: { healthy: false, outcome: '503', latencyMs: 3 } } },
    /^bad health: bot.1 is not healthy: http:\/\/127.0.0.1:5001\/healthz: 503 after 3 ms → On the host: journalctl/,
  ],
  'an instance that answers badly while it starts is a warning': [
    {
      bot: {
        health: { healthy: false, outcome: '503', latencyMs: 3 },
        service: { ...BOT.service, status: 'starting', detail: 'activating (start)' },
      },
    },
    /^warning service: bot.1 is starting/,
    /^warning health: bot.1 is not healthy/,
  ],
  'units where systemd does not run are bad': [
    {
      state: { tools: new Set(['zstd', 'curl']) },
      bot: { current: undefined, health: undefined, service: { ...BOT.service, status: 'unknown' } },
    },
    /^bad service: systemd does not run this host/,
    /^unknown health: .*was not deployed yet/,
    /^warning drift: bot.1@fra-1 was never deployed.* → Bring it back: slipway reconcile live$/,
  ],
  'units of a user whose systemd does not answer are bad': [
    {
      role: { ...UNIT, service: { systemd: 'greeter@{instance}', scope: 'user' } },
      bot: { service: { ...BOT.service, status: 'unknown', detail: 'unit greeter@1 is ' } },
    },
    /^bad service: the systemd of deploy does not answer → As root on the host: loginctl enable-linger deploy$/,
    /^unknown service: whether bot.1 runs/,
  ],
  'a lock by hand is a warning': [
    { state: { lock: lockOf({ rollout: `${MANUAL}1`, state: 'paused', why: 'moving' }) } },
    /^warning lock: locked by hand: ana@laptop since 2026-11-21T00:00:00Z \(moving\), paused → .*slipway unlock live$/,
  ],
  'a rollout that waits is a warning': [
    { state: { lock: lockOf({ state: 'paused' }) } },
    /^warning lock: a rollout waits for a person: .* → .*slipway resume live$/,
    /^unknown drift: not looked for/,
  ],
  'a lock that has not beaten for a minute is bad': [
    { state: { lock: lockOf({}, 60_000) } },
    /^bad lock: a rollout was interrupted, and its lock is dead: .*, last beat 1m00s ago → .*slipway resume live/,
    /^unknown drift/,
  ],
  'a lock of a process of this machine that is gone is bad at once': [
    { state: { lock: lockOf({}) }, examined: { owner: 'gone' } },
    /^bad lock/,
    /^unknown drift/,
  ],
  'a dead lock without an owner is given free': [
    { state: { lock: lockOf(undefined, 61_000) } },
    /^bad lock: .*an unknown owner.* → Give the stage free: slipway unlock live -m WHY$/,
    /^unknown drift/,
  ],
  'a lock that lives is none of it, nor are uploads and workers under it': [
    { state: { lock: lockOf({}), cutUploads: 1 }, bot: { busy: 'r1' } },
    /^unknown drift/,
  ],
  'a worker that nobody follows is a warning': [
    { bot: { busy: 'r0' } },
    /^warning lock: a worker of r0 is still at bot.1, and nobody follows it → .*slipway resume live$/,
  ],
  'what has drifted is a warning': [
    { state: { leftovers: [{ name: 'web.1', current: OLD, service: '{"type":"files"}' }] } },
    /^warning drift: web.1@fra-1 is there though hosts.json does not want it → .*slipway reconcile live$/,
  ],
  'a leftover that nothing tells how to stop has to be stopped by hand': [
    { state: { leftovers: [{ name: 'web.1', current: OLD, service: '' }] } },
    /^warning drift: web.1@fra-1 is there .* → Nothing tells how to stop it.*rm -rf \/srv\/greeter-live\/instances\/web.1$/,
  ],
};
