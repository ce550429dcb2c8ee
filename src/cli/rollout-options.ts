import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseRate, SLOWEST_RATE } from '../base/rate.ts';
import { DEFAULTS } from '../config/defaults.ts';

/** What every command has that rolls something out. */
export function withRollout(command: Command): Command {
  return command
    .option('-y, --yes', 'do not ask')
    .option('--dry-run', 'show the plan that would run, and stop')
    .option('--json', 'one event a line (NDJSON)')
    .option(
      '--bwlimit <rate>',
      'bytes per second for uploads, all hosts together: 500k, 2M; 0 for no limit (default: rollout.bwlimit, else no limit)',
      readRate,
    )
    .option(
      '--parallel <hosts>',
      `hosts logged in to, and sent to, at once (default: rollout.parallel, else ${DEFAULTS.parallel})`,
      readCount,
    )
    .addOption(
      new Option('--on-interrupt <what>', 'without a terminal, what a signal does')
        .choices(['leave', 'stop', 'rollback'])
        .default('leave'),
    );
}

function readRate(text: string): number {
  const rate = parseRate(text);
  if (rate === undefined || (rate > 0 && rate < SLOWEST_RATE)) {
    throw new InvalidArgumentError('Write bytes per second, at least 1k: 500k, 2M; or 0 for no limit.');
  }
  return rate;
}

function readCount(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('Write a number of hosts, from 1.');
  return Number(text);
}
