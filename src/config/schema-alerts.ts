import * as z from 'zod';
import { SIZE } from '../base/size.ts';
import { ALERT_DEFAULTS as DEFAULTS } from './alerts.ts';
import { duration, numeric, text } from './fields.ts';
import { quoted } from './quoted.ts';
import { webhookProblem } from './webhook.ts';

/** "90%", "250%" of a core. */
export const PERCENT = /^(\d{1,6}(?:\.\d{1,2})?)%$/;

const percent = (most: number) =>
  text('a share', (value) => {
    const [, number] = PERCENT.exec(value) ?? [];
    if (number !== undefined && Number(number) <= most) return undefined;
    return `expected a share such as "90%", at most "${most}%"; got ${quoted(value)}.`;
  });

const percentOrSize = () =>
  text('an amount', (value) => {
    const [, number] = PERCENT.exec(value) ?? [];
    if (SIZE.test(value) || (number !== undefined && Number(number) <= 100)) return undefined;
    return `expected an amount such as "450MB", or a share of the limit such as "80%"; got ${quoted(value)}.`;
  });

const held = (of: string) => ({
  for: duration(0)
    .describe(
      `How long it has to hold, at two samples at least, before it is told, and before it is over. Default: ${of}.`,
    )
    .optional(),
});

const CLEAR = 'Where it is over again, so that what flaps is told once. Default: 10% better than the threshold.';

/** One alert: its threshold, or false where a stage or a role wants none. */
function alert<T extends z.ZodRawShape>(id: string, shape: T, about: string) {
  return z
    .union([z.strictObject(shape).meta({ id }), z.literal(false)])
    .describe(`${about} false: no alert.`)
    .optional();
}

const ofInstances = {
  down: alert(
    'alertDown',
    held(DEFAULTS.down.for),
    'An instance that does not run or is not healthy, or a host that cannot be reached.',
  ),
  healthLatency: alert(
    'alertHealthLatency',
    {
      above: duration(1).describe('Slower than this.'),
      clear: duration(0).describe(CLEAR).optional(),
      ...held(DEFAULTS.for),
    },
    'How long the health check takes.',
  ),
  restarts: alert(
    'alertRestarts',
    {
      above: numeric(0, 1_000_000).describe('More than so many.'),
      within: duration(1000).describe(`Within so long. Default: ${DEFAULTS.restarts.within}.`).optional(),
    },
    'How often an instance has started again.',
  ),
  cpu: alert(
    'alertCpu',
    {
      above: percent(100_000).describe('More than so much of one core, such as "90%".'),
      clear: percent(100_000).describe(CLEAR).optional(),
      ...held(DEFAULTS.for),
    },
    'Processor time.',
  ),
  memory: alert(
    'alertMemory',
    {
      above: percentOrSize().describe('More than "450MB", or "80%" of the limit of its unit.'),
      clear: percentOrSize().describe(CLEAR).optional(),
      ...held(DEFAULTS.for),
    },
    'Memory.',
  ),
  errors: alert(
    'alertErrors',
    {
      above: numeric(0, 1_000_000).describe('More than so many a minute.'),
      clear: numeric(0, 1_000_000).describe(CLEAR).optional(),
      ...held(DEFAULTS.for),
    },
    'Lines of the log that tell of an error.',
  ),
  work: alert(
    'alertWork',
    {
      below: numeric(0, 1_000_000_000).describe('Less than so much a second.'),
      clear: numeric(0, 1_000_000_000).describe(CLEAR).optional(),
      ...held(DEFAULTS.for),
    },
    'What gets done, by "metrics.work".',
  ),
};

export const roleAlerts = z
  .strictObject(ofInstances)
  .describe('What is worth an alert while somebody watches (slipway watch), instead of what is above.')
  .meta({ id: 'roleAlerts' });

export const alerts = z
  .strictObject({
    ...ofInstances,
    disk: alert(
      'alertDisk',
      {
        above: percent(100).describe('More than so much of it is used.'),
        clear: percent(100).describe(CLEAR).optional(),
        ...held(DEFAULTS.for),
      },
      'The disk that a host keeps its releases on.',
    ),
  })
  .describe('What is worth an alert while somebody watches (slipway watch). Default: nothing is.')
  .meta({ id: 'alerts' });

export const notify = z
  .array(
    z
      .strictObject({
        webhook: text('a URL', webhookProblem).describe(
          `URL that is sent JSON (POST) when an alert trips or clears, such as "env:ALERTS_WEBHOOK": from an environment variable, since whoever has the URL may post.`,
        ),
      })
      .meta({ id: 'notifyTarget' }),
  )
  .describe('Who is told when an alert trips or clears: Slack, Discord and whatever else takes JSON.');

export type AlertsEntry = z.infer<typeof alerts>;
export type RoleAlertsEntry = z.infer<typeof roleAlerts>;
export type NotifyEntry = z.infer<typeof notify>;
