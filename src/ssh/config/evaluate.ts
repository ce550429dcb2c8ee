import { readFileSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { hostname } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { expandMatchCommand, expandPath } from '../tokens.ts';
import type { Environment, Expansion, TokenValues } from '../tokens.ts';
import { assign } from './assign.ts';
import { fillDefaults } from './defaults.ts';
import { findIncluded, includeRoot } from './include.ts';
import { parseConfig } from './lexer.ts';
import type { Directive } from './lexer.ts';
import type { LocalUser } from './local-user.ts';
import { judgeMatch } from './match.ts';
import { matchesPatterns } from './patterns.ts';
import type { SshConfig } from './settings.ts';
import { succeeds } from './shell.ts';
import type { Wanted } from './wanted.ts';

export interface ConfigFile {
  readonly path: string;
  /** The user's, not the system's: `~` and relative names mean the user's folder. */
  readonly isUsers: boolean;
  /** Nobody but its owner may be able to write to it. */
  readonly isGuarded: boolean;
  readonly isRequired: boolean;
}

export interface Evaluated {
  readonly wanted: Wanted;
  readonly files: readonly ConfigFile[];
  readonly local: LocalUser;
  readonly env: Environment;
  /** Whether `Match exec` may run what it names; where it may not, nothing can be said. */
  readonly exec: 'allowed' | 'refused';
}

/** What configuration files say about a host, for machines without the program ssh: in the form of `ssh -G`. */
export function evaluate(request: Evaluated): Promise<SshConfig> {
  return new Evaluation(request).run();
}

const DEEPEST_INCLUDE = 16;

/** How much of a file counts. */
interface Scope {
  /** Whether the lines before the first Host or Match do. */
  readonly isActive: boolean;
  /** Included by a block that does not apply: nothing in it does. */
  readonly isShut: boolean;
  readonly depth: number;
}

class Evaluation {
  readonly #request: Evaluated;
  readonly #settings = new Map<string, readonly string[]>();
  #host: string;
  #isFinal = false;
  #wantsFinal = false;

  constructor(request: Evaluated) {
    const { host, user, port, jump } = request.wanted;
    this.#request = request;
    this.#host = host;
    if (user !== undefined) this.#settings.set('user', [user]);
    if (port !== undefined) this.#settings.set('port', [String(port)]);
    if (jump !== undefined) this.#settings.set('proxyjump', [jump]);
  }

  async run(): Promise<SshConfig> {
    await this.#readAll();
    this.#host = this.#hostName();
    this.#settings.set('hostname', [this.#host]);
    this.#isFinal = true;
    if (this.#wantsFinal) await this.#readAll();
    return fillDefaults(this.#settings, this.#tokens(), this.#request.env);
  }

  async #readAll(): Promise<void> {
    for (const file of this.#request.files) await this.#read(file, { isActive: true, isShut: false, depth: 0 });
  }

  async #read(file: ConfigFile, scope: Scope): Promise<void> {
    const parsed = parseConfig(readGuarded(file));
    if (parsed.type === 'misread') throw unreadable(`${file.path}:${parsed.misread.line}`, parsed.misread.reason);
    let { isActive } = scope;
    for (const directive of parsed.directives) {
      const where = `${file.path}:${directive.line}`;
      if (directive.keyword === 'host') isActive = !scope.isShut && matchesPatterns(directive.words, this.#host);
      else if (directive.keyword === 'match') isActive = (await this.#matches(directive, where)) && !scope.isShut;
      else if (directive.keyword === 'include') {
        await this.#include(directive, file, { isActive, isShut: !isActive, depth: scope.depth + 1 });
      } else if (isActive) assign(this.#settings, directive);
    }
  }

  async #matches({ rest }: Directive, where: string): Promise<boolean> {
    const { wanted, env, exec } = this.#request;
    const { host, user, localUser } = this.#tokens();
    const judgement = await judgeMatch(rest, {
      ...{ original: wanted.host, host, user, localUser, isFinal: this.#isFinal },
      succeeds: (command) => {
        if (exec === 'refused') throw unreadable(where, 'a command would have to be run');
        return succeeds(must(expandMatchCommand(command, this.#tokens()), where), env);
      },
    });
    if (judgement.type === 'misread') throw unreadable(where, judgement.reason);
    this.#wantsFinal ||= judgement.wantsFinal;
    return judgement.matches;
  }

  async #include({ words, line }: Directive, file: ConfigFile, scope: Scope): Promise<void> {
    const { local, env } = this.#request;
    const where = `${file.path}:${line}`;
    if (scope.depth > DEEPEST_INCLUDE) throw unreadable(where, `Include goes deeper than ${DEEPEST_INCLUDE} files`);
    for (const word of words) {
      const pattern = must(expandPath(word, this.#tokens(), env), where);
      const rooted = isAbsolute(pattern) ? pattern : join(includeRoot(file, local.home), pattern);
      for (const path of findIncluded(rooted)) {
        await this.#read({ path, isUsers: file.isUsers, isGuarded: true, isRequired: false }, scope);
      }
    }
  }

  /** HostName, in which `%h` is the host as it was asked for. */
  #hostName(): string {
    const { host } = this.#request.wanted;
    const configured = this.#settings.get('hostname')?.[0];
    // the zone of an IPv6 address is the name of an interface, in which case counts
    if (configured === undefined) return host.includes(':') ? host : host.toLowerCase();
    return configured.replace(/%([%h])/g, (_, token: string) => (token === 'h' ? host : '%'));
  }

  /** As far as they are known by now. */
  #tokens(): TokenValues {
    const { wanted, local } = this.#request;
    const first = (keyword: string) => this.#settings.get(keyword)?.[0];
    return {
      ...{ home: local.home, localUser: local.name, localHost: hostname(), uid: local.uid },
      ...{ original: wanted.host, host: this.#isFinal ? this.#host : this.#hostName() },
      ...{ port: Number(first('port') ?? 22), user: first('user') ?? local.name },
      hostKeyAlias: first('hostkeyalias'),
    };
  }
}

function must(expansion: Expansion, where: string): string {
  if (expansion.type === 'expanded') return expansion.text;
  throw unreadable(where, `${expansion.name} has no value`);
}

function unreadable(where: string, reason: string): UserError {
  return new UserError({
    code: 'SLIP_SSH_CONFIG',
    message: `The SSH configuration cannot be read: ${where}: ${reason}.`,
    mend: 'Mend that line. The program ssh is not installed here; with it slipway understands all that it does.',
  });
}

/** Read at once: they are small, and whoever wants to connect waits for nothing else. */
function readGuarded({ path, isGuarded, isRequired }: ConfigFile): string {
  const found = statOf(path);
  if (found === undefined && !isRequired) return '';
  const isSafe = found === undefined || isOwn(found.uid, found.mode);
  if (isGuarded && !isSafe) {
    throw new UserError({
      code: 'SLIP_SSH_CONFIG',
      message: `${path} is not used: others can write to it, so they could decide where your connections go.`,
      mend: `Make it yours alone: chmod go-w ${path}`,
    });
  }
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadable(path, (error as NodeJS.ErrnoException).code ?? 'unknown error');
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function isOwn(uid: number, mode: number): boolean {
  if (process.platform === 'win32') return true;
  return (uid === 0 || uid === process.getuid?.()) && (mode & 0o022) === 0;
}
