import { readdirSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { loadAll } from '../../src/config/load.ts';

const folder = fileURLToPath(new URL('../fixtures/configs/', import.meta.url));

/** Fixture; line and column, path, and a part of what is said there. Without a place, the whole file is at fault. */
const broken: readonly (readonly [name: string, place: string, path: string, words: string])[] = [
  ['a-list', '1:1', '', 'expected an object, got an empty list.'],
  ['address-like-an-option', '13:58', 'stages.staging.hosts[0].address', 'got "-oProxyCommand=touch /tmp/pwned"'],
  ['address-with-bad-port', '13:58', 'stages.staging.hosts[0].address', 'a number from 1 to 65535, got "99999"'],
  ['address-with-protocol', '13:58', 'stages.staging.hosts[0].address', 'Leave out "ssh://"'],
  ['alert-as-text', '12:22', 'alerts.cpu', 'expected an object, got "90%".'],
  ['alert-clears-beyond', '12:50', 'alerts.disk.clear', 'must be at most what "above" says (90%)'],
  ['alert-clears-in-other-kind', '12:54', 'alerts.memory.clear', 'must be of the kind that "above" is'],
  ['alert-key-unknown', '12:24', 'alerts.cpu.over', 'the key "over" is unknown. Known here: above, clear, for.'],
  ['alert-memory-without-unit', '12:36', 'alerts.memory.above', 'expected an amount such as "450MB"'],
  ['alert-of-disk-in-a-role', '9:33', 'roles.bot.alerts.disk', 'the key "disk" is unknown. Known here: down,'],
  ['alert-of-work-without-metrics', '9:41', 'roles.bot.alerts.work', 'needs "metrics" with "work" in the role'],
  ['alert-share-as-number', '12:33', 'alerts.cpu.above', 'expected a share in quotes, got 90.'],
  ['alert-unknown', '12:15', 'alerts.cpus', 'the key "cpus" is unknown. Did you mean "cpu"?'],
  ['alert-without-threshold', '12:23', 'alerts.disk.above', 'is missing. More than so much of it is used.'],
  ['bare-key', '2:3', '', 'the key "app" needs double quotes.'],
  ['bare-word', '2:10', '', '"greeter" is not JSON. A text needs double quotes.'],
  ['batch-of-none', '12:25', 'rollout.batch', 'a number of instances from 1'],
  [
    'canary-of-half',
    '12:48',
    'rollout.canary',
    'of the 4 instances of bot in "production" that is 1. Write 1, or "25%".',
  ],
  ['comment', '2:3', '', 'a comment. Remove it: JSON has none.'],
  ['control-character', '2:10', '', 'a control character in a text'],
  [
    'deadline-after-progress',
    '8:81',
    'roles.bot.health.healthyDeadline',
    'must be shorter than rollout.progressDeadline',
  ],
  ['deadline-before-healthy', '8:80', 'roles.bot.health.minHealthyTime', 'must be longer than minHealthyTime (3m00s)'],
  ['deployto-climbs', '3:15', 'deployTo', '".." is not allowed in a path, got "/srv/greeter/../../etc".'],
  ['deployto-in-home', '3:15', 'deployTo', '"~" is not replaced'],
  ['deployto-newline', '3:15', 'deployTo', 'holds a control character: "/srv/gree^Jter".'],
  ['deployto-root', '3:15', 'deployTo', '"/" belongs to the system'],
  ['deployto-system-folder-by-placeholder', '3:15', 'deployTo', '"/etc" belongs to the system. Choose a folder of'],
  ['deployto-system-folder', '3:15', 'deployTo', '"/etc/greeter-{stage}" belongs to the system. Choose a folder'],
  ['dot-in-role-name', '6:5', 'roles["bot.1"]', 'got "bot.1"'],
  ['duplicate-key', '10:7', 'roles.bot.port', 'the key "port" stands here twice. Keep one of them.'],
  ['duplicate-stage', '14:5', 'stages.staging', 'the key "staging" stands here twice. Keep one of them.'],
  ['duration-as-number', '8:74', 'roles.bot.health.interval', 'got 2. Write "2s".'],
  ['duration-of-two-units', '8:81', 'roles.bot.health.healthyDeadline', 'got "1m30s". Write "90s".'],
  ['duration-too-long', '12:24', 'rollout.bake', 'expected at most 7d, got "99999999999999999999d".'],
  ['duration-too-short', '8:74', 'roles.bot.health.interval', 'expected at least 0.1s, got "0s".'],
  ['duration-with-words', '8:74', 'roles.bot.health.interval', 'got "2 sec". Write "2s".'],
  ['empty-service', '7:18', 'roles.bot.service', 'needs "systemd", or "start", "stop" and "status". For files'],
  ['empty', '', '', 'is empty.'],
  ['exclusive-twice', '10:20', 'roles.bot.exclusive', 'at most one instance in a stage, but "production" has 4'],
  ['fraction-of-an-instance', '13:98', 'stages.staging.hosts[0].roles.bot', 'from 0 to 100, got 1.5'],
  ['git-and-dir', '4:34', 'source.dir', '"git" and "dir" cannot stand together. Keep one of them.'],
  ['health-log-not-available', '8:19', 'roles.bot.health.log', 'is not available yet. Leave it out.'],
  ['hostile-app-name', '2:10', 'app', 'got "$(touch /tmp/pwned)"'],
  ['hostile-backend', '9:69', 'roles.bot.traffic.backend', 'got "bot; disable server"'],
  ['hostile-host-name', '13:38', 'stages.staging.hosts[0].name', 'got "stg^J1"'],
  ['hostile-role-name', '6:5', 'roles["bot; rm -rf /"]', 'got "bot; rm -rf /"'],
  ['hostile-stage-name', '13:5', 'stages["../production"]', 'got "../production"'],
  ['latin-1', '', '', 'is not UTF-8.'],
  ['flags-not-available', '12:3', 'flags', 'is not available yet. Leave it out.'],
  ['look-before-a-sample', '12:65', 'rollout.analysis.lookEvery', 'must be at least sampleEvery (30s)'],
  ['metrics-without-http', '10:18', 'roles.bot.metrics', '"http" is missing'],
  ['missing-address', '13:28', 'stages.staging.hosts[0].address', 'is missing. [user@]host[:port]'],
  ['missing-app', '1:1', 'app', 'is missing. Name of the app.'],
  ['missing-brace', '21:1', '', 'expected "}", got the end of the file: an object is not closed.'],
  ['missing-bracket', '18:5', '', 'expected a comma before "}".'],
  ['missing-colon', '9:14', '', 'expected ":" between key and value, got "5001".'],
  ['missing-comma', '3:3', '', 'expected a comma before "deployTo".'],
  ['missing-deployto', '12:16', 'stages.staging.deployTo', 'is missing. Write it above the stages'],
  ['missing-source', '12:16', 'stages.staging.source', 'is missing. What is deployed'],
  ['missing-stages', '1:1', 'stages', 'is missing. The environments of the app'],
  ['misspelled-choice', '12:29', 'rollout.onFailure', 'got "rolback". Did you mean "rollback"?'],
  ['nested-beyond-the-stack', '', '', 'is nested too deeply.'],
  ['nested-too-deeply', '4:22', 'source.git', 'expected a path in quotes, got a list.'],
  ['no-hosts', '13:27', 'stages.staging.hosts', 'must not be empty.'],
  ['no-instances', '13:27', 'stages.staging.hosts', 'no host runs an instance of any role.'],
  ['no-roles', '5:12', 'roles', 'at least one role is needed, such as {"bot": {}}.'],
  ['no-stage', '3:13', 'stages', 'must hold at least one stage, such as "production".'],
  ['notify-slack-not-available', '12:14', 'notify[0].webhook', 'is missing.'],
  ['notify-variable-with-dash', '12:27', 'notify[0].webhook', 'the name of an environment variable behind "env:"'],
  ['notify-without-protocol', '12:27', 'notify[0].webhook', 'expected "https://…", or "env:NAME"'],
  ['null-value', '9:15', 'roles.bot.port', 'expected a whole number from 1 to 65535, got null.'],
  ['number-for-text', '2:10', 'app', 'expected a name of at most 64 letters'],
  ['only-spaces', '', '', 'is empty.'],
  ['open-text', '2:10', '', 'a text without its closing double quote on the same line.'],
  ['output-is-everything', '12:46', 'prepare[0].outputs[0]', 'expected something inside the tree, got "."'],
  ['placeholder-not-known-there', '3:15', 'deployTo', 'Known here: {app}, {stage} and {host}.'],
  ['pm2-not-available', '7:20', 'roles.bot.service.pm2', 'is not available yet. Leave it out.'],
  ['port-placeholder-without-port', '8:27', 'roles.bot.health.http', '"{port}" needs a "port" in the role.'],
  ['port-runs-out', '16:80', 'stages.production.hosts[0].roles.bot', '2 instances from port 65535 on'],
  ['port-too-high', '9:15', 'roles.bot.port', 'expected a whole number from 1 to 65535, got 70000.'],
  ['probability-above-one', '12:35', 'rollout.analysis.p', 'expected a number from 0.000001 to 0.5, got 5.'],
  ['protected-as-text', '15:20', 'stages.production.protected', 'expected true or false, got "yes".'],
  ['proto-key', '2:3', '__proto__', 'is not a name that can be used.'],
  ['ref-like-an-option', '4:34', 'source.ref', 'a git ref does not start with "-"'],
  ['relative-deployto', '3:15', 'deployTo', 'expected an absolute path, got "srv/greeter". Start it with "/".'],
  ['relative-path-folder', '12:12', 'path[0]', '"~" is not replaced'],
  ['repository-url', '4:22', 'source.git', 'Clone the repository'],
  ['scope-without-systemd', '7:18', 'roles.bot.service', '"systemd" is missing: "scope" has no meaning without.'],
  ['selector-pattern', '10:73', 'roles.bot.metrics.failed', '"5(" is no regular expression'],
  ['selector-with-open-label', '10:73', 'roles.bot.metrics.failed', 'expected labels as label="pattern"'],
  ['selector-without-name', '10:73', 'roles.bot.metrics.failed', 'expected the name of a metric'],
  ['service-without-status', '7:18', 'roles.bot.service', '"status" is missing: "start" has no meaning without.'],
  ['several-mistakes', '2:10', 'app', 'got "gree ter"'],
  ['share-above-100', '12:25', 'rollout.batch', 'or a share from "1%" to "100%"; got "125%"'],
  ['shared-absolute', '12:24', 'shared.dirs[0]', 'Leave out the "/" at its start.'],
  ['shared-in-shared', '12:50', 'shared.dirs[0]', '"data" and "data/bot.db" cannot both be shared: one lies in'],
  ['shared-outside', '12:25', 'shared.files[0]', 'leaves the tree: ".." is not allowed, got "../.env".'],
  ['single-quotes', '2:10', '', '"\'greeter\'": texts and keys stand in double quotes.'],
  ['slots-without-strategy', '6:12', 'roles.bot', 'the stage "staging" needs {"rollout": {"strategy": "blue-green"}}.'],
  ['subdir-outside', '4:37', 'source.subdir', 'leaves the tree: ".." is not allowed, got "packages/../..".'],
  ['tcp-without-port', '8:26', 'roles.bot.health.tcp', 'got "localhost"'],
  ['template-without-instance', '7:31', 'roles.bot.service.systemd', 'write "greeter-{stage}@{instance}"'],
  ['text-after-the-end', '22:1', '', 'nothing can follow the end of the object, got "}".'],
  ['text-for-number', '9:15', 'roles.bot.port', 'Write 5001 without quotes'],
  ['text-for-object', '7:18', 'roles.bot.service', 'expected an object, got "greeter".'],
  ['timeout-beyond-deadline', '8:73', 'roles.bot.health.timeout', 'must be longer than timeout (5m00s)'],
  ['trailing-comma-in-list', '17:85', '', 'a comma after the last entry. Remove it: JSON has none before "]".'],
  ['trailing-comma', '9:19', '', 'a comma after the last entry. Remove it: JSON has none before "}".'],
  ['two-hosts-one-folder', '17:39', 'stages.production.hosts[1].address', 'wants the folder "/srv/greeter-production"'],
  ['two-hosts-one-name', '17:19', 'stages.production.hosts[1].name', 'another host of this stage is named "fra-1"'],
  [
    'two-instances-one-pid-file',
    '16:80',
    'stages.production.hosts[0].roles.bot',
    'wants the pid file "/run/production.pid"',
  ],
  ['two-instances-one-server', '9:86', 'roles.bot.traffic.server', 'two instances are the server "blue" of the proxy'],
  [
    'two-instances-one-unit',
    '16:80',
    'stages.production.hosts[0].roles.bot',
    'wants the unit greeter-production.service',
  ],
  ['two-probes', '8:69', 'roles.bot.health.tcp', '"http" and "tcp" cannot stand together. Keep one of them.'],
  ['two-stages-one-folder', '16:39', 'stages.production.hosts[0].address', 'wants the folder "/srv/greeter"'],
  ['two-stages-one-port', '16:79', 'stages.production.hosts[0].roles.bot', 'wants the port 5001'],
  ['two-stages-one-unit', '17:79', 'stages.production.hosts[0].roles.bot', 'wants the unit greeter@1.service'],
  ['unit-is-a-timer', '7:31', 'roles.bot.service.systemd', 'expected a service, got a timer unit'],
  ['unit-with-spaces', '7:31', 'roles.bot.service.systemd', 'got "greeter {stage}"'],
  ['unknown-escape', '3:15', '', 'an escape that JSON does not know. A backslash itself is written "\\\\".'],
  ['unknown-key-nothing-near', '10:7', 'roles.bot.colour', 'Known here: service, health, logs, port,'],
  ['unknown-key', '3:3', 'deployto', 'the key "deployto" is unknown. Did you mean "deployTo"?'],
  ['unknown-metric', '12:41', 'rollout.analysis.dryRun[0]', 'Did you mean "latency"?'],
  ['unknown-placeholder-nothing-near', '3:15', 'deployTo', 'unknown placeholder "{elephant}"'],
  ['unknown-placeholder', '7:31', 'roles.bot.service.systemd', 'Did you mean "{instance}"?'],
  ['unknown-role', '13:98', 'stages.staging.hosts[0].roles.bto', 'there is no role "bto". Did you mean "bot"?'],
  ['url-with-password', '8:27', 'roles.bot.health.http', 'has no place for a user or password'],
  ['url-without-protocol', '8:27', 'roles.bot.health.http', 'expected a URL such as'],
  ['utf-16', '', '', 'is not UTF-8.'],
];

/** Everything that is said of a broken file beyond its first line. */
const alsoBroken: Readonly<Record<string, readonly string[]>> = {
  'notify-slack-not-available': ['12:16 notify[0].slack: is not available yet. Leave it out.'],
  'missing-deployto': ['13:19 stages.production.deployTo: is missing'],
  'missing-source': ['13:19 stages.production.source: is missing'],
  'hostile-role-name': ['13:91 stages.staging.hosts[0].roles["bot; rm -rf /"]: expected a name'],
  'nested-too-deeply': ['4:53 source.git[0]: is nested too deeply'],
  'port-runs-out': ['17:80 stages.production.hosts[1].roles.bot: 2 instances from port 65535 on'],
  'several-mistakes': [
    '8:74 roles.bot.health.interval: expected a duration such as "2s", got "2 sec". Write "2s".',
    '8:83 roles.bot.health.intervall: the key "intervall" is unknown. Did you mean "interval"?',
    '9:15 roles.bot.port: expected a whole number from 1 to 65535, got 0.',
    '13:98 stages.staging.hosts[0].roles.bot: expected a whole number from 0 to 100, got "one".',
  ],
  'two-hosts-one-folder': [
    '17:80 stages.production.hosts[1].roles.bot: bot.1@fra-2 of stage "production" wants the unit',
    '17:80 stages.production.hosts[1].roles.bot: bot.1@fra-2 of stage "production" wants the port 5001',
  ],
  'two-instances-one-pid-file': ['17:80 stages.production.hosts[1].roles.bot: bot.2@fra-2 of stage "production" wants'],
  'two-instances-one-unit': ['17:80 stages.production.hosts[1].roles.bot: bot.2@fra-2 of stage "production" wants'],
  'two-stages-one-folder': [
    '16:82 stages.production.hosts[0].roles.bot: bot.1@fra-1 of stage "production" wants the port',
  ],
};

describe('a broken hosts.json', () => {
  it.each(broken)('%s is refused at %s %s: %s', async (...[name, place, path, words]) => {
    const { message, mend, detail } = await refusal(name);
    const shown = shownName(name);
    if (place === '') {
      expect([message, detail]).toEqual([`${shown} ${words}`, []]);
      expect(mend).toBeDefined();
      return;
    }
    expect(detail[0]).toContain(`${shown}:${place} ${path === '' ? '' : `${path}: `}`);
    expect(detail[0]).toContain(words);
    const others = detail.slice(1).map((line) => line.slice(shown.length + 1));
    const expected = alsoBroken[name] ?? [];
    expect(others.map((line, i) => line.slice(0, expected[i]?.length))).toEqual(expected);
  });

  it('has a row in this table for every fixture', () => {
    const fixtures = readdirSync(folder).flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -5)] : []));
    expect(broken.map(([name]) => name).sort()).toEqual(fixtures.sort());
  });

  it('names the second place of a collision by line and column', async () => {
    const places = ['two-stages-one-folder', 'two-stages-one-unit', 'two-stages-one-port', 'two-hosts-one-name'];
    const lines = await Promise.all(places.map(async (name) => (await refusal(name)).detail[0]));
    expect(lines.map((line) => /\(\S+:(\d+:\d+)\)/.exec(line!)?.[1])).toEqual(['13:58', '13:98', '13:98', '16:19']);
  });

  it('says which placeholder would tell two colliding instances apart', async () => {
    const lines = ['two-instances-one-unit', 'two-stages-one-unit', 'two-hosts-one-folder', 'two-stages-one-folder'];
    const mends = await Promise.all(
      lines.map(async (name) => /put (\{\w+\})/i.exec((await refusal(name)).detail[0]!)?.[1]),
    );
    expect(mends).toEqual(['{instance}', '{stage}', '{host}', '{stage}']);
  });

  it('never carries a control sequence of the file to the terminal', async () => {
    const { message, detail } = await refusal('hostile-host-name');
    expect([message, ...detail].join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  });
});

async function refusal(name: string): Promise<UserError> {
  const error: unknown = await loadAll(`${folder}${name}.json`).catch((thrown: unknown) => thrown);
  if (!(error instanceof UserError)) throw new Error(`${name} was not refused`, { cause: error });
  expect([error.code, error.exitCode]).toEqual(['SLIP_CONFIG', 2]);
  return error;
}

function shownName(name: string): string {
  return relative('.', `${folder}${name}.json`);
}
