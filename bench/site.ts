import type { Host } from '../test/hosts/hosts.ts';
import type { App } from './app/app.ts';
import { command, type CommandOptions } from './measuring/command.ts';
import type { Usage } from './measuring/usage.ts';

/** What all contenders share. */
export interface Site {
  /** The hosts to deploy to. */
  readonly hosts: readonly Host[];
  /** For `ssh -F`. */
  readonly sshConfigFile: string;
  readonly app: App;
  /** On this machine, for what contenders keep between deploys; in memory where possible. */
  readonly folder: string;
  /** Absent where it cannot be measured. */
  readonly usage: Usage | undefined;
  readonly signal: AbortSignal;
}

/** Runs a program of a contender. */
export function run(
  site: Site,
  argv: readonly string[],
  options: Omit<CommandOptions, 'signal'> = {},
): Promise<string> {
  return command(argv, { ...options, signal: site.signal });
}
