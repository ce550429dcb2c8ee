import * as z from 'zod';
import { DEFAULTS, POLL_MS } from './defaults.ts';
import { command, duration, insideOrAbsolute, text, whole } from './fields.ts';
import { tcpProblem, unitProblem, urlProblem } from './values.ts';

export const service = z
  .strictObject({
    systemd: text('a unit name', unitProblem)
      .describe('Name of the systemd unit, such as "greeter-{stage}@{instance}".')
      .optional(),
    scope: z
      .enum(['system', 'user'])
      .describe(
        `Whose systemd: the system's (as root, or with "sudo -n systemctl") or the user's. Default: ${DEFAULTS.scope}.`,
      )
      .optional(),
    start: command().describe('Command that starts the instance. May hold {current} and {release}.').optional(),
    stop: command().describe('Command that stops the instance. May hold {current} and {release}.').optional(),
    status: command()
      .describe('Command that exits with 0 when the instance runs, with 3 when it is stopped.')
      .optional(),
    pidFile: insideOrAbsolute()
      .describe('File that holds the pid of the instance: an absolute path, or one below the folder of the instance.')
      .optional(),
  })
  .describe('What runs an instance: a systemd unit, or commands. Left out: files only, the switch is the deployment.')
  .meta({ id: 'service' });

export const health = z
  .strictObject({
    http: text('a URL', urlProblem)
      .describe('URL asked from the host itself, such as "http://127.0.0.1:{port}/healthz".')
      .optional(),
    status: whole(100, 599).describe('Status that means healthy. Default: any of 200 to 299.').optional(),
    body: text('a text').describe('Text that the answer must contain.').optional(),
    tcp: text('an address', tcpProblem)
      .describe('[host:]port that must accept a connection, such as "127.0.0.1:{port}".')
      .optional(),
    command: command()
      .describe('Command that exits with 0 when the instance is healthy. May hold {current} and {release}.')
      .optional(),
    interval: duration(POLL_MS).describe(`Time between two probes. Default: ${DEFAULTS.interval}.`).optional(),
    timeout: duration(POLL_MS).describe(`How long a probe may take. Default: ${DEFAULTS.timeout}.`).optional(),
    minHealthyTime: duration(0)
      .describe(`How long it must stay healthy before it counts. Default: ${DEFAULTS.minHealthyTime}.`)
      .optional(),
    healthyDeadline: duration(POLL_MS)
      .describe(
        `Not healthy by then, counted from its start: failed. Longer than minHealthyTime. Default: ${DEFAULTS.healthyDeadline}.`,
      )
      .optional(),
  })
  .describe('How to tell that an instance is healthy: http, tcp or command. Without one: it runs for minHealthyTime.')
  .meta({ id: 'health' });

export const logs = z
  .strictObject({
    file: insideOrAbsolute()
      .describe(
        'File that is written to: an absolute path, or one below the folder of the instance. It may be rotated.',
      )
      .optional(),
    command: command()
      .describe(
        'Command that prints the last lines and then those that come, such as "journalctl -t greeter -n 50 -f".',
      )
      .optional(),
    docker: text('a container').describe('Name of the container, such as "greeter-{instance}".').optional(),
    podman: text('a container').describe('The same for podman.').optional(),
    pm2: text('a process')
      .describe('Name of the process in pm2; its two files in ~/.pm2/logs are read. Elsewhere: file.')
      .optional(),
  })
  .describe(
    'Where the log of an instance is. Default: the journal of its systemd unit, or the file that its commands write to.',
  )
  .meta({ id: 'logs' });
