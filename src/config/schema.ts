import * as z from 'zod';
import { DEFAULTS } from './defaults.ts';
import {
  addressField,
  command,
  deployToField,
  duration,
  folderField,
  insideField,
  name,
  proxyName,
  socketField,
  text,
  whole,
} from './fields.ts';
import { alerts, notify, roleAlerts } from './schema-alerts.ts';
import { metrics } from './schema-analysis.ts';
import { rollout } from './schema-rollout.ts';
import { health, logs, service } from './schema-services.ts';
import { SLOTS } from './settings.ts';
import { localPathProblem, refProblem } from './values.ts';

/**
 * The language of hosts.json, as far as it works today. One schema checks the file, feeds editors (hosts.schema.json) and
 * gives the types below. Objects of which there are several kinds (source, service, health) are flat with every key
 * optional, because a stage may override a single one; kinds.ts checks the merged whole.
 */
const excludes = z
  .array(insideField('part'))
  .describe('Paths of the output that do not become part of the release. A "/" at the end means a folder.');

const source = z
  .strictObject({
    git: text('a path', localPathProblem)
      .describe(
        'Path of a git repository, from the folder of hosts.json. What is deployed is a commit, never the working tree.',
      )
      .optional(),
    ref: text('a git ref', refProblem)
      .describe(`Branch, tag or commit that is built when no --ref is given. Default: ${DEFAULTS.ref}.`)
      .optional(),
    subdir: insideField('whole')
      .describe('Folder of the repository that is the app. Default: "." (all of it).')
      .optional(),
    build: z
      .array(command())
      .describe('Commands run once, on this machine, in a clean checkout of the commit, in subdir.')
      .optional(),
    output: insideField('whole')
      .describe('Folder below subdir that becomes the release. Default: "." (all of it).')
      .optional(),
    dir: text('a path', localPathProblem)
      .describe('Path of a built artifact, from the folder of hosts.json. Instead of git.')
      .optional(),
    exclude: excludes.optional(),
  })
  .describe('What is deployed: {"git": "."} or {"dir": "dist"}.')
  .meta({ id: 'source' });

const prepareStep = z
  .strictObject({
    run: command().describe(
      'Command run in the new release on every host, before anything is switched. May hold {release}.',
    ),
    inputs: z
      .array(insideField('part'))
      .describe('Files whose content decides whether the step has to run again, such as "package-lock.json".')
      .optional(),
    outputs: z
      .array(insideField('part'))
      .describe(
        'Paths the step makes, such as "node_modules": copied from the release before when nothing has changed.',
      )
      .optional(),
    key: command().describe('A command whose output is part of what decides, such as "node -v".').optional(),
    timeout: duration(1000).describe(`How long the step may take. Default: ${DEFAULTS.prepareTimeout}.`).optional(),
  })
  .meta({ id: 'prepareStep' });

const shared = z
  .strictObject({
    files: z.array(insideField('part')).describe('Files such as ".env". They must be on the host already.').optional(),
    dirs: z.array(insideField('part')).describe('Folders such as "data". They are made when missing.').optional(),
  })
  .describe('What outlives releases: kept in shared/ and linked into every release.')
  .meta({ id: 'shared' });

const hooks = z
  .strictObject({
    release: z
      .array(command())
      .describe(
        'Commands run once, on the first host, when the release is on all hosts and before anything is switched: migrations. One that fails stops the rollout.',
      )
      .optional(),
    beforeSwitch: z
      .array(command())
      .describe('Commands run for every instance before it is switched. One that fails leaves it as it is.')
      .optional(),
    afterSwitch: z
      .array(command())
      .describe('Commands run for every instance once it is healthy on the new release. One that fails brings it back.')
      .optional(),
    afterRollout: z
      .array(command())
      .describe('Commands run once, on the first host, at the end. One that fails is a warning.')
      .optional(),
    timeout: duration(1000).describe(`How long a command may take. Default: ${DEFAULTS.hookTimeout}.`).optional(),
  })
  .describe(
    'Commands run in the new release around the rollout, with SLIPWAY_STAGE, _RELEASE, _REVISION, _PREVIOUS, _HOST and, for an instance, _INSTANCE.',
  )
  .meta({ id: 'hooks' });

const slots = z
  .strictObject({
    blue: whole(1, 65535).describe('Port of the first instance of the slot on a host; the next ones count up.'),
    green: whole(1, 65535).describe('The same for the other slot.'),
  })
  .describe(
    'Two sets of instances on every host, of which one takes the traffic and the other idles: each with ports of its own, instead of "port". {instance} becomes "blue.1". For strategy "blue-green".',
  )
  .meta({ id: 'slots' });

const traffic = z
  .strictObject({
    haproxy: socketField().describe(
      'Path of the runtime socket of HAProxy ("stats socket … level admin"), such as "/run/haproxy/admin.sock".',
    ),
    backend: proxyName('a backend').describe('The backend of HAProxy that holds the servers of this role.'),
    server: text('a server name')
      .describe(
        `Name of the server that stands for an instance. May hold {host}, {role}, {slot}, {instance}. Default: ${DEFAULTS.server}.`,
      )
      .optional(),
    on: z
      .array(name('host'))
      .min(1)
      .describe('Hosts of the stage that the proxies run on. Default: every host has one for its own instances.')
      .optional(),
  })
  .describe('What sends traffic to the instances of a role that has slots.')
  .meta({ id: 'traffic' });

const role = z
  .strictObject({
    service: service.optional(),
    health: health.optional(),
    logs: logs.optional(),
    port: whole(1, 65535)
      .describe('Port of the first instance on a host; the next ones count up. Becomes {port} and the variable PORT.')
      .optional(),
    slots: slots.optional(),
    traffic: traffic.optional(),
    exclusive: z
      .boolean()
      .describe('At most one instance in a stage may ever run (one token, one session). Default: false.')
      .optional(),
    metrics: metrics.optional(),
    alerts: roleAlerts.optional(),
  })
  .meta({ id: 'role' });

const roles = z
  .record(name('role'), role)
  .describe('Kinds of processes, such as "bot" and "web". They are updated in this order.');

/** Everything that can stand at the top, for all stages, and in a stage, for that one. */
const settings = {
  deployTo: deployToField()
    .describe('Folder on the host that holds the releases, such as "/srv/greeter-{stage}". One stage, one folder.')
    .optional(),
  source: source.optional(),
  prepare: z
    .array(prepareStep)
    .describe('Steps that run on every host in the new release, before anything is switched.')
    .optional(),
  keepReleases: whole(1, 1000)
    .describe(`Good releases that are kept on a host. Default: ${DEFAULTS.keepReleases}.`)
    .optional(),
  shared: shared.optional(),
  roles: roles.optional(),
  rollout: rollout.optional(),
  hooks: hooks.optional(),
  alerts: alerts.optional(),
  notify: notify.optional(),
  path: z
    .array(folderField())
    .describe('Folders put before PATH on the hosts, for prepare steps, hooks and commands.')
    .optional(),
  transport: transport().optional(),
};

const host = z
  .strictObject({
    name: name('host').describe('Name of the host, for people and for {host}.'),
    address: addressField().describe('[user@]host[:port], or an alias of ~/.ssh/config.'),
    roles: z.record(name('role'), whole(0, 100)).describe('How many instances of each role run here.'),
    slot: z
      .enum(SLOTS)
      .describe('The slot that all instances here belong to, where whole hosts take turns. Of roles with "traffic".')
      .optional(),
    deployTo: deployToField().describe('Instead of the deployTo of the stage.').optional(),
    transport: transport().optional(),
  })
  .meta({ id: 'host' });

const stage = z
  .strictObject({
    protected: z
      .boolean()
      .describe('Asks to type the name of the stage before anything is changed. Default: false.')
      .optional(),
    hosts: z.array(host).min(1).describe('The machines of the stage.'),
    ...settings,
  })
  .meta({ id: 'stage' });

export const configSchema = z
  .strictObject({
    $schema: z.string().describe('Where an editor finds the JSON Schema of this file.').optional(),
    app: name('app').describe('Name of the app.'),
    ...settings,
    stages: z
      .record(name('stage'), stage)
      .superRefine((stages, context) => {
        if (Object.keys(stages).length === 0) context.addIssue('must hold at least one stage, such as "production".');
      })
      .describe(
        'The environments of the app, such as "staging" and "production". A stage may override what stands above it.',
      ),
  })
  .meta({ id: 'config', title: 'hosts.json', description: 'Hosts, roles and stages of an app that slipway deploys.' });

function transport() {
  return z
    .enum(['ssh2', 'openssh'])
    .describe(
      "What connects to the hosts: slipway itself (ssh2), or the system's ssh. Default: ssh2, unless the SSH configuration asks for what only OpenSSH can do.",
    );
}

export type Config = z.infer<typeof configSchema>;
export type StageEntry = Config['stages'][string];
export type RoleEntry = z.infer<typeof role>;
export type ServiceEntry = z.infer<typeof service>;
export type LogsEntry = z.infer<typeof logs>;
export type HealthEntry = z.infer<typeof health>;
export type TrafficEntry = z.infer<typeof traffic>;
export type SourceEntry = z.infer<typeof source>;
export type HostEntry = z.infer<typeof host>;
