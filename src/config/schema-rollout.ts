import * as z from 'zod';
import { DEFAULTS, POLL_MS } from './defaults.ts';
import { duration, rate, share, whole } from './fields.ts';
import { analysis } from './schema-analysis.ts';
import { STRATEGIES } from './settings.ts';

const bakeUntilStable = z
  .strictObject({
    min: duration(0).describe('Watched at least so long.'),
    untilStable: z.literal(true).describe('Ends once the logs are no worse than those of the others.'),
    max: duration(0).describe('Watched at most so long.'),
  })
  .meta({ id: 'bakeUntilStable' });

export const rollout = z
  .strictObject({
    strategy: z
      .enum(STRATEGIES)
      .describe(
        'How a release replaces the one before: batch after batch, a canary that is watched first, a second slot that takes over, or all at once. Default: rolling.',
      )
      .optional(),
    batch: share()
      .describe(`Instances of a role changed together: a number, or a share such as "25%". Default: ${DEFAULTS.batch}.`)
      .optional(),
    maxUnavailable: share()
      .describe(
        `How many instances of a role may be out at once: a number, or a share. Default: ${DEFAULTS.maxUnavailable}, at least 1.`,
      )
      .optional(),
    maxFailures: whole(0, 10_000)
      .describe(`Failed instances that are tolerated before onFailure decides. Default: ${DEFAULTS.maxFailures}.`)
      .optional(),
    onFailure: z
      .enum(['rollback', 'pause'])
      .describe(`What happens when more fail than maxFailures allows. Default: ${DEFAULTS.onFailure}.`)
      .optional(),
    bake: z
      .union([duration(0), bakeUntilStable])
      .describe(
        `Time to watch after the first instance, and after every batch; of a canary, how long it is compared with the others; of a slot, how long it is watched once it has the traffic. Default: ${DEFAULTS.bake}; ${DEFAULTS.watch} for a canary and a slot.`,
      )
      .optional(),
    canary: share()
      .describe(
        `Instances of a role that get the release first: a number, or a share; at most a quarter of them. Default: ${DEFAULTS.canary}.`,
      )
      .optional(),
    approve: z
      .enum(['manual', 'auto'])
      .describe(
        `Who lets a canary, or a second slot, go on: a person ("slipway approve"), or a good verdict of the one and the health of the other. Default: ${DEFAULTS.approve}.`,
      )
      .optional(),
    analysis: analysis.optional(),
    keepWarm: duration(0)
      .describe(
        `How long the slot that was replaced is kept running, so that a way back restarts nothing. Default: ${DEFAULTS.keepWarm}.`,
      )
      .optional(),
    progressDeadline: duration(POLL_MS)
      .describe(
        `No progress for so long pauses the rollout. Longer than every healthyDeadline. Default: ${DEFAULTS.progressDeadline}.`,
      )
      .optional(),
    bwlimit: rate()
      .describe(
        'Bytes per second that uploads may take, all hosts together, such as "500k" or "2M". Default: no limit.',
      )
      .optional(),
    parallel: whole(1, 1000)
      .describe(`Hosts that are logged in to, and sent to, at the same time. Default: ${DEFAULTS.parallel}.`)
      .optional(),
  })
  .describe('How the instances are brought to a new release.')
  .meta({ id: 'rollout' });

export type ShareEntry = z.infer<ReturnType<typeof share>>;
export type RolloutEntry = z.infer<typeof rollout>;
