import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CliContext } from './context.ts';
import { nameList } from './name-list.ts';
import type { Done } from './program.ts';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

const HELP = `
Lines of all hosts come merged by their times; clocks that differ are corrected. What is cut off is read on from where it was,
and a gap that cannot be closed is told. Times are UTC. Following ends with Ctrl-C, and that is exit code 0; with --no-follow
it is 3 when a host could not be read.

Examples:
  slipway logs production
  slipway logs production --level warn --since 10m --no-follow
  slipway logs production --host fra-1 --instance bot.2 --grep 'timeout|refused'
  slipway logs production --where 'status>=500' --where method=POST
  slipway logs production --json | jq 'select(.fields.ms > 500)'`;

export function addLogs(program: Command, context: CliContext, done: Done): void {
  program
    .command('logs <stage>')
    .description('the logs of all instances as one, and as they come')
    .option('--instance <names>', 'only these instances, separated by commas: bot.1, bot.2@fra-1', nameList)
    .option('--host <hosts>', 'only these hosts, separated by commas', nameList)
    .addOption(new Option('--level <level>', 'only lines that are that bad or worse').choices(LEVELS))
    .option('--grep <regex>', 'only lines in which this is found (may be given again: all of them)', more)
    .option(
      '--where <condition>',
      "only lines with this field: code=ETIMEDOUT, 'status>=500', url~admin (may be given again)",
      more,
    )
    .option('--filter <terms>', "what the screen's filter takes: words, -not this, level:warn, 'status>=500', /regex/")
    .option('--since <when>', 'from then on: 10m, 14:30, 2026-11-30T14:30Z')
    .option('--until <when>', 'up to then; does not follow')
    .option('-n, --lines <count>', 'so many of the last lines first (default: 50, or all since --since)', wholeNumber)
    .option('-f, --follow', 'and those that come (default)')
    .option('--no-follow', 'only what is there')
    .option('--json', 'one object a line')
    .addHelpText('after', HELP)
    .action(async (stage: string, _flags: unknown, command: Command) => {
      const { logs } = await import('./commands/logs.ts');
      done(await logs(context, stage, command.optsWithGlobals()));
    });
}

function more(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function wholeNumber(text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError('Write a number of lines, from 0 to 9999999.');
  return Number(text);
}
