import { systemClock } from '../base/clock.ts';
import { UserError } from '../base/errors.ts';
import { jumpLoop, parseJump } from './config/jump.ts';
import type { Hop } from './config/jump.ts';
import { localUser } from './config/local-user.ts';
import { isHostName, isUserName } from './config/names.ts';
import { openSshNeeds } from './config/needs.ts';
import { valueOf } from './config/settings.ts';
import { mustExpand, specFrom, tokenValues } from './config/spec-from.ts';
import type { Origin } from './config/spec-from.ts';
import type { Wanted } from './config/wanted.ts';
import { Knock } from './knock.ts';
import type { HostSpec, Target } from './spec.ts';
import { readSshConfig } from './ssh-config.ts';
import type { SshConfigSource } from './ssh-config.ts';
import { expandCommand } from './tokens.ts';
import type { Environment } from './tokens.ts';

export interface ResolveOptions {
  /** As `ssh -F`: a file, or "none". Wins over SLIPWAY_SSH_CONFIG. */
  readonly sshConfigFile?: string;
  /** The ssh program, when it is not the one on PATH. */
  readonly ssh?: string;
  readonly now?: () => number;
}

/** Applies the user's OpenSSH configuration to a target, and to the hosts on the way to it, as `ssh` itself would. */
export function resolveTarget(target: Target, env: Environment, options: ResolveOptions = {}): Promise<HostSpec> {
  const { host, user, port } = target;
  return new Way(sourceOf(env, options)).resolve(target.name, { host, user, port, jump: undefined });
}

/** Begins the connection to a target that is resolved meanwhile. */
export function knockAt(target: Target, env: Environment, options: ResolveOptions = {}): Knock {
  return new Knock(target, sourceOf(env, options));
}

function sourceOf(env: Environment, { ssh = 'ssh', sshConfigFile, now }: ResolveOptions): SshConfigSource {
  const file = sshConfigFile ?? (env['SLIPWAY_SSH_CONFIG'] || undefined);
  return { ssh, file, env, local: localUser(env), now: now ?? (() => systemClock.now()) };
}

/** The hosts from here to a target, found from its end. */
class Way {
  readonly #source: SshConfigSource;
  readonly #later: readonly Wanted[];

  constructor(source: SshConfigSource, later: readonly Wanted[] = []) {
    this.#source = source;
    this.#later = later;
  }

  async resolve(name: string, wanted: Wanted): Promise<HostSpec> {
    this.#refuse(name, wanted);
    const config = await readSshConfig(wanted, this.#source);
    const origin: Origin = { name, wanted, config, source: this.#source };
    const jumps = await this.#jumps(origin);
    const spec = { ...specFrom(origin), jumps };
    const [needs, behind] = [await openSshNeeds(config, spec), jumps.at(-1)];
    const onTheWay = behind?.needsOpenSsh.map((need) => `${need} (jump host ${behind.name})`) ?? [];
    return { ...spec, needsOpenSsh: [...needs, ...onTheWay] };
  }

  async #jumps(origin: Origin): Promise<readonly HostSpec[]> {
    const { name, wanted, config } = origin;
    const jump = valueOf(config, 'proxyjump');
    if (jump === undefined) return [];
    const values = tokenValues(origin);
    const hop = parseJump(mustExpand(expandCommand(jump, values), { ...origin, keyword: 'ProxyJump', value: jump }));
    if (hop === undefined) throw badJump(name, jump);
    const before = new Way(this.#source, [...this.#later, wanted]);
    if (isSelf(hop, values)) throw jumpLoop(name, [...before.#later.map(({ host }) => host), hop.host]);
    const last = await before.resolve(hop.host, { ...hop, jump: hop.before });
    return [...last.jumps, last];
  }

  #refuse(name: string, wanted: Wanted): void {
    const { host, user } = wanted;
    if (!isHostName(host)) throw badName(name, 'host', host);
    if (user !== undefined && !isUserName(user)) throw badName(name, 'user', user);
    const again = this.#later.findIndex((later) => JSON.stringify(later) === JSON.stringify(wanted));
    if (again >= 0) throw jumpLoop(this.#later[0]!.host, [...this.#later.map((later) => later.host), host]);
  }
}

/** OpenSSH takes user and port of the host itself where the hop has none, and so sees that it means the same. */
function isSelf({ host, user, port }: Hop, self: { host: string; user: string; port: number }): boolean {
  return host === self.host && (port ?? 22) === self.port && (user ?? self.user) === self.user;
}

function badName(name: string, kind: 'host' | 'user', value: string): UserError {
  return new UserError({
    code: 'SLIP_SSH_CONFIG',
    message: `The address of ${name} has a ${kind} name that means something to a shell: ${JSON.stringify(value)}.`,
    mend: 'Mend the address in hosts.json. Letters, digits, dots, hyphens and underscores are safe.',
  });
}

function badJump(name: string, jump: string): UserError {
  return new UserError({
    code: 'SLIP_SSH_CONFIG',
    message: `The SSH configuration of ${name} sets "ProxyJump ${jump}", which is no list of hosts.`,
    mend: 'Write them as [user@]host[:port], with commas between them and without blanks.',
  });
}
