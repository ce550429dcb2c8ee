import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { RemoteError } from '../base/errors.ts';
import type { HostSettings, Settings } from '../config/settings.ts';
import { unknownName } from '../rollout/unknown-name.ts';
import { loginIn } from '../host/login.ts';
import { sessionArguments } from '../ssh/openssh/arguments.ts';
import { SSH, sshMissing } from '../ssh/openssh/program.ts';
import { resolveTarget } from '../ssh/resolve.ts';
import type { HostSpec } from '../ssh/spec.ts';

export interface ShellOut {
  readonly settings: Settings;
  readonly host: string;
  /** `bot.1@fra-1`: the shell begins in the release that it is on. */
  readonly instance?: string | undefined;
  readonly specOf: (host: HostSettings) => Promise<HostSpec>;
}

/** As the user's ssh configuration says. */
export function specIn(env: NodeJS.ProcessEnv): ShellOut['specOf'] {
  return ({ name, address }) => resolveTarget({ name, ...address }, env);
}

/** A person's shell on a host, in the folder of what is live, until they leave it. Throws when there is no way to it. */
export async function shellOut({ settings, host, instance, specOf }: ShellOut): Promise<void> {
  const chosen = hostNamed(settings, host);
  const { deployTo } = chosen;
  const folder = settings.instances.find(({ id }) => id === instance)?.name;
  const own = folder === undefined ? [] : [`${deployTo}/instances/${folder}/current`];
  const spec = await specOf(chosen);
  const ssh = spawn(SSH, sessionArguments(spec, loginIn([...own, `${deployTo}/current`, deployTo])), {
    stdio: 'inherit',
  });
  const ended = await Promise.race([
    once(ssh, 'close').then(([code]) => code as number | null),
    once(ssh, 'error').then(([error]) => Promise.reject(error as NodeJS.ErrnoException)),
  ]).catch((error: unknown) => {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? sshMissing(spec) : error;
  });
  // 255 is ssh's own word; any other is that of the shell, and its own affair
  if (ended === 255) throw noWay(host, settings.stage);
}

function noWay(host: string, stage: string): RemoteError {
  return new RemoteError({
    code: 'SLIP_SHELL',
    message: `ssh could not open a shell on ${host}, or lost it.`,
    mend: `What ssh said is above; slipway doctor ${stage} looks at the way there.`,
  });
}

function hostNamed(settings: Settings, name: string): HostSettings {
  const found = settings.hosts.find((host) => host.name === name);
  if (found) return found;
  throw unknownName({ what: 'host', name, stage: settings.stage, known: settings.hosts.map((host) => host.name) });
}
