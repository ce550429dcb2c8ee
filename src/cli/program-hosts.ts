import type { Command } from 'commander';
import type { CliContext } from './context.ts';
import type { Done } from './program.ts';

/** Commands about hosts themselves. */
export function addHosts(program: Command, context: CliContext, done: Done): void {
  program
    .command('ssh <stage> <host> [instance]')
    .description('open a shell on a host, in the folder of the release that is live there')
    .addHelpText('after', '\nExamples:\n  slipway ssh production fra-1\n  slipway ssh production fra-1 bot.2')
    .action(async (...[stage, host, instance, , command]: [string, string, string | undefined, unknown, Command]) => {
      const { ssh } = await import('./commands/ssh.ts');
      done(await ssh(context, { stage, host, instance }, command.optsWithGlobals()));
    });
}
