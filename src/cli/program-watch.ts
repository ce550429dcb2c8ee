import { type Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../base/duration.ts';
import type { CliContext } from './context.ts';
import { nameList } from './name-list.ts';
import type { Done } from './program.ts';

const HELP = `
Alerts and who is told of them stand in hosts.json ("alerts", "notify"). It ends with Ctrl-C.

Examples:
  slipway watch production
  slipway watch production --host fra-1 --every 10s
  slipway watch production --json | jq 'select(.type == "alert")'`;

/** Watching what runs. */
export function addWatch(program: Command, context: CliContext, done: Done): void {
  program
    .command('watch <stage>')
    .description('how every instance and host is, again and again: health, restarts, CPU, memory, errors, work, disk')
    .option('--instance <names>', 'only these instances, separated by commas: bot.1, bot.2@fra-1', nameList)
    .option('--host <hosts>', 'only these hosts, separated by commas', nameList)
    .option('--every <time>', 'time between two samples (default: 5s)', every)
    .option('--once', 'look once, and end')
    .option('--json', 'as JSON, an object a line')
    .addHelpText('after', HELP)
    .action(async (stage: string, _flags: unknown, command: Command) => {
      const { watch } = await import('./commands/watch.ts');
      const { every: everyMs, ...flags } = command.optsWithGlobals<{
        readonly every?: number;
        readonly config: string;
      }>();
      done(await watch(context, stage, { ...flags, ...(everyMs === undefined ? {} : { everyMs }) }));
    });
}

const LEAST_MS = 1000;
const MOST_MS = 600_000;

function every(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms < LEAST_MS || ms > MOST_MS) {
    throw new InvalidArgumentError('Write a time from 1s to 10m, such as 5s.');
  }
  return ms;
}
