import { Command, CommanderError, Option } from 'commander';
import { asSlipwayError, UserError } from '../base/errors.ts';
import { nearest } from '../base/nearest.ts';
import { sanitiseLines } from '../base/sanitise.ts';
import { list } from '../base/text.ts';
import { STRATEGIES } from '../config/settings.ts';
import { THEMES } from '../prefs/themes.ts';
import { complain } from './complain.ts';
import { type CliContext, contextOf, type GlobalOptions, note, sayJson, type World } from './context.ts';
import { EXIT_CODES } from './exit-code.ts';
import { troubleFacts } from './report/trouble.ts';
import { nameList } from './name-list.ts';
import { addHosts } from './program-hosts.ts';
import { addLogs } from './program-logs.ts';
import { addRunning } from './program-running.ts';
import { addWatch } from './program-watch.ts';
import { withRollout } from './rollout-options.ts';
import { VERSION } from './version.ts';
import { voiceOf } from './voice.ts';

/** argv → exit code. Never throws, never exits the process. */
export async function main(argv: readonly string[], world: World): Promise<number> {
  const context = contextOf(world, voiceOf(argv, world.env));
  let exitCode = 0;
  const program = buildProgram(context, (code) => (exitCode = code));
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return commanderExit(thrown);
    const json = argv.includes('--json');
    if (json) sayJson(context, troubleFacts(thrown));
    else complain(context, thrown, { stack: argv.includes('--debug') });
    return asSlipwayError(thrown).exitCode;
  }
}

/** Commander has written what there is to say; help and version are no mistakes. */
function commanderExit({ exitCode }: CommanderError): number {
  return exitCode === 0 ? 0 : 2;
}

export type Done = (exitCode: number) => void;

/** Commands load what they need when they run: `slipway --help` does not wait for Ink or ssh2. */
export function buildProgram(context: CliContext, done: Done): Command {
  const program = withGlobals(new Command('slipway'))
    .description(
      'Deploys an app to plain hosts over SSH: versioned releases, rolling updates with health waits, and the way back.',
    )
    .version(VERSION)
    .argument(
      '[stage]',
      'opens the full-screen program on this stage (with --plain a menu to type numbers at; a text status without a terminal)',
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      // it repeats what was typed, or pasted
      writeErr: (text) => sanitiseLines(text).forEach((line) => note(context, line)),
    })
    .showSuggestionAfterError()
    .allowExcessArguments()
    .addHelpText('after', HELP)
    .action(async (stage: string | undefined, flags: GlobalOptions, self: Command) => {
      if (self.args.length > 1) throw unknownCommand(self.args[0]!, program);
      const { tui } = await import('./commands/tui.ts');
      done(await tui(context, stage, flags));
    });
  addRollouts(program, context, done);
  addReconcile(program, context, done);
  addRunning(program, context, done);
  addLists(program, context, done);
  addWatch(program, context, done);
  addLocks(program, context, done);
  addLogs(program, context, done);
  addHosts(program, context, done);
  addDemo(program, context, done);
  return program;
}

function unknownCommand(word: string, program: Command): UserError {
  const names = program.commands.map((command) => command.name());
  const meant = nearest(word, names);
  return new UserError({
    code: 'SLIP_COMMAND',
    message: `There is no command ${word}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
    mend: `The commands are ${list(names)}; see slipway --help.`,
  });
}

const HELP = `
Examples:
  slipway                          open the full-screen program
  slipway deploy staging           show the plan, ask, deploy HEAD
  slipway deploy production --ref v1.4.0 --yes
  slipway rollback production      back to the last good release
  slipway demo                     try it all on this machine, without a host
  slipway production --plain       a menu in place of the full screen, read aloud by a screen reader

Exit codes:
${Object.entries(EXIT_CODES)
  .map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`)
  .join('\n')}
`;

function withGlobals(command: Command): Command {
  return command
    .option('-c, --config <file>', 'the configuration', 'hosts.json')
    .option('--accept-new-host-keys', 'add the keys of hosts that were never seen before to known_hosts')
    .option('--no-color', 'no colours')
    .addOption(new Option('--theme <theme>', 'colours of the full-screen program').choices(THEMES))
    .option('--plain', 'in sentences, one a line, nothing redrawn: for screen readers and pipes (or ACCESSIBLE=1)')
    .option('--debug', 'show stack traces');
}

function addRollouts(program: Command, context: CliContext, done: Done): void {
  withRollout(program.command('deploy <stage>'))
    .description('make a release and roll it out, instance by instance')
    .option('--ref <ref>', 'commit, branch or tag (default: source.ref of hosts.json, else HEAD)')
    .option('--dir <dir>', 'deploy this folder as it is')
    .addOption(
      new Option('--strategy <strategy>', 'how to roll out (default: rollout.strategy, else rolling)').choices(
        STRATEGIES,
      ),
    )
    .option('--only <hosts>', 'only these hosts, separated by commas', nameList)
    .option(
      '--irreversible',
      'the release changes what older ones may not cope with (a migration): a way back over it needs force',
    )
    .option('-m, --message <why>', 'why it is irreversible')
    .option('--restart', 'also restart instances that run the release already')
    .addHelpText(
      'after',
      '\nExamples:\n  slipway deploy staging\n  slipway deploy production --ref v1.4.0 --dry-run\n  slipway deploy production --yes --json | tee deploy.ndjson',
    )
    .action(async (stage: string, _flags: unknown, command: Command) => {
      const { deploy } = await import('./commands/deploy.ts');
      done(await deploy(context, stage, command.optsWithGlobals()));
    });
  withRollout(program.command('rollback <stage>'))
    .description('return the stage to a release that was good')
    .option('--to <release>', 'its id, or the end of it (default: the last good one before the live one)')
    .option('--only <hosts>', 'only these hosts, separated by commas', nameList)
    .option('--force-irreversible', 'also over a release that cannot be undone')
    .addHelpText(
      'after',
      '\nExamples:\n  slipway rollback production\n  slipway releases production\n  slipway rollback production --to 20261121T114205Z-1f0755f',
    )
    .action(async (stage: string, _flags: unknown, command: Command) => {
      const { rollback } = await import('./commands/rollback.ts');
      done(await rollback(context, stage, command.optsWithGlobals()));
    });
}

function addReconcile(program: Command, context: CliContext, done: Done): void {
  withRollout(program.command('reconcile <stage>'))
    .description('bring what has drifted (see slipway status) to the release that the stage is on')
    .addHelpText('after', '\nExamples:\n  slipway reconcile production --dry-run\n  slipway reconcile production --yes')
    .action(async (stage: string, _flags: unknown, command: Command) => {
      const { reconcile } = await import('./commands/reconcile.ts');
      done(await reconcile(context, stage, command.optsWithGlobals()));
    });
}

const DOCTOR_HELP = `
Nothing is changed. The exit code is 3 when something is bad, 0 otherwise: a warning stops nobody.

Examples:
  slipway doctor production
  slipway doctor production --json | jq 'select(.verdict == "bad")'`;

function addLists(program: Command, context: CliContext, done: Done): void {
  const list = (name: string, description: string) =>
    program.command(`${name} <stage>`).description(description).option('--json', 'as JSON');
  list('status', 'what every instance runs, and how it is').action(
    async (stage: string, _f: unknown, command: Command) => {
      const { status } = await import('./commands/status.ts');
      done(await status(context, stage, command.optsWithGlobals()));
    },
  );
  list(
    'doctor',
    'look at SSH, disk, rights, tools, clock, folder, services and lock of every host; each finding with its mend',
  )
    .addHelpText('after', DOCTOR_HELP)
    .action(async (stage: string, _f: unknown, command: Command) => {
      const { doctor } = await import('./commands/doctor.ts');
      done(await doctor(context, stage, command.optsWithGlobals()));
    });
  list('releases', 'the releases on the hosts, newest first').action(
    async (stage: string, _f: unknown, command: Command) => {
      const { releases } = await import('./commands/releases.ts');
      done(await releases(context, stage, command.optsWithGlobals()));
    },
  );
  list('analyze', 'judge the canary of a past rollout again, by the thresholds of today')
    .option('--rollout <id>', 'the rollout, by its id (default: the newest that has watched a canary)')
    .addHelpText(
      'after',
      '\nExamples:\n  slipway analyze production\n  slipway analyze production --rollout 20261121T114205Z-1f0755 --json',
    )
    .action(async (stage: string, _f: unknown, command: Command) => {
      const { analyze } = await import('./commands/analyze.ts');
      done(await analyze(context, stage, command.optsWithGlobals()));
    });
  list('history', 'who changed what, when, and how it ended').action(
    async (stage: string, _f: unknown, command: Command) => {
      const { history } = await import('./commands/history.ts');
      done(await history(context, stage, command.optsWithGlobals()));
    },
  );
}

function addLocks(program: Command, context: CliContext, done: Done): void {
  program
    .command('lock <stage>')
    .description('keep everybody from changing a stage, until it is unlocked')
    .requiredOption('-m, --message <why>', 'why: whoever is refused reads it')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  slipway lock production -m "database maintenance until 14:00"')
    .action(async (stage: string, _flags: unknown, command: Command) => {
      const { lock } = await import('./commands/lock.ts');
      done(await lock(context, stage, command.optsWithGlobals()));
    });
  program
    .command('unlock <stage>')
    .description('release a lock that is dead or your own; with --force any')
    .option('-m, --message <why>', 'why: it goes into the history')
    .option('--force', 'also break the lock of somebody who is at work')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'as JSON')
    .action(async (stage: string, _flags: unknown, command: Command) => {
      const { unlock } = await import('./commands/unlock.ts');
      done(await unlock(context, stage, command.optsWithGlobals()));
    });
}

function addDemo(program: Command, context: CliContext, done: Done): void {
  program
    .command('demo')
    .description('three hosts and a bot on this machine: deploy, watch a bad release go back, roll back')
    .option('--plain', 'play the story as text')
    .action(async (_flags: unknown, command: Command) => {
      const { demo } = await import('./commands/demo.ts');
      done(await demo(context, command.optsWithGlobals()));
    });
}
