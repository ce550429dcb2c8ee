import type { Command } from 'commander';
import type { Decision } from '../rollout/session.ts';
import type { DecideFlags } from './commands/decide.ts';
import type { TellFlags } from './commands/tell.ts';
import type { CliContext } from './context.ts';
import type { Done } from './program.ts';
import { withRollout } from './rollout-options.ts';

/** Commands about a rollout that has begun. */
export function addRunning(program: Command, context: CliContext, done: Done): void {
  addResume(program, context, done);
  addWishes(program, context, done);
  addDecisions(program, context, done);
}

function addResume(program: Command, context: CliContext, done: Done): void {
  withRollout(program.command('resume <stage>'))
    .description('let a paused rollout go on; of one that nobody runs any more, say what becomes of it')
    .option('--continue', 'do the rest of it')
    .option('--rollback', 'go back to what was good before')
    .option('--accept', 'leave every instance as it is, and give the stage free')
    .addHelpText(
      'after',
      '\nExamples:\n  slipway resume production\n  slipway resume production --continue --yes\n  slipway resume production --rollback --yes --json',
    )
    .action(async (stage: string, _flags: unknown, command: Command) => {
      const { resume } = await import('./commands/resume.ts');
      done(await resume(context, stage, command.optsWithGlobals()));
    });
}

function addWishes(program: Command, context: CliContext, done: Done): void {
  const wish = (name: string, { description, example }: Readonly<Record<'description' | 'example', string>>) =>
    program
      .command(`${name} <stage>`)
      .description(description)
      .option('--json', 'as JSON')
      .addHelpText('after', `\nExample:\n  ${example}`);
  const says = (type: 'pause' | 'abort' | 'rollback') => async (stage: string, _flags: unknown, command: Command) => {
    const { tell } = await import('./commands/tell.ts');
    done(await tell(context, stage, { ...command.optsWithGlobals<TellFlags>(), intent: { type } }));
  };
  wish('pause', {
    description: 'let the rollout that another terminal runs wait after the instance in flight',
    example: 'slipway pause production',
  }).action(says('pause'));
  wish('abort', {
    description: 'stop the rollout that another terminal runs where it stands; with --rollback go back',
    example: 'slipway abort production --rollback',
  })
    .option('--rollback', 'bring back what has been changed')
    .action((stage: string, flags: { readonly rollback?: boolean }, command: Command) =>
      says(flags.rollback === true ? 'rollback' : 'abort')(stage, flags, command),
    );
}

function addDecisions(program: Command, context: CliContext, done: Done): void {
  const decides = async (stage: string, decision: Decision, command: Command) => {
    const { decide } = await import('./commands/decide.ts');
    done(await decide(context, stage, { ...command.optsWithGlobals<DecideFlags>(), decision }));
  };
  withRollout(program.command('approve <stage>'))
    .description('let a canary, or a second slot, go on, or accept a verdict that says nothing')
    .option('--full', 'drop all gates, bakes and analyses that are left; health is waited for all the same')
    .option('-m, --message <why>', 'why: it goes into the journal')
    .addHelpText(
      'after',
      '\nExamples:\n  slipway approve production -m "looked at the error rate"\n  slipway approve production --full',
    )
    .action((stage: string, flags: { readonly full?: boolean; readonly message?: string }, command: Command) =>
      decides(
        stage,
        { type: 'approve', scope: flags.full === true ? 'all' : 'step', why: flags.message ?? '' },
        command,
      ),
    );
  withRollout(program.command('retry <stage> <instance>'))
    .description('try an instance that has failed again, and go on when nothing else stands in the way')
    .addHelpText('after', '\nExample:\n  slipway retry production bot.1@fra-1')
    .action((...[stage, instance, , command]: [string, string, unknown, Command]) =>
      decides(stage, { type: 'retry', instance }, command),
    );
  withRollout(program.command('skip <stage> <host>'))
    .description('leave a host as it is, and go on with the others')
    .addHelpText('after', '\nExample:\n  slipway skip production fra-2')
    .action((...[stage, host, , command]: [string, string, unknown, Command]) =>
      decides(stage, { type: 'skip', host }, command),
    );
}
