import { expandPath } from '../tokens.ts';
import type { Environment, TokenValues } from '../tokens.ts';
import { UserError } from '../../base/errors.ts';
import { isOn } from './settings.ts';
import type { SshConfig } from './settings.ts';

const KEY_FILES = ['id_rsa', 'id_ecdsa', 'id_ecdsa_sk', 'id_ed25519', 'id_ed25519_sk'];

/** What OpenSSH has built in. */
const BUILT_IN: SshConfig = new Map([
  ['identityfile', KEY_FILES.map((name) => `~/.ssh/${name}`)],
  ['globalknownhostsfile', ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']],
  ['userknownhostsfile', ['~/.ssh/known_hosts', '~/.ssh/known_hosts2']],
]);

/** Settings that `ssh -G` prints with their tokens replaced. */
const EXPANDED = ['userknownhostsfile', 'globalknownhostsfile', 'identityagent', 'forwardagent'];

/** Completes what the files said with what holds without them, as `ssh -G` does. */
export function fillDefaults(read: SshConfig, values: TokenValues, env: Environment): SshConfig {
  refuseCanonical(read);
  const expand = ([keyword, list]: readonly [string, readonly string[]]) =>
    [
      keyword,
      EXPANDED.includes(keyword) ? list.map((value) => expanded({ keyword, value }, values, env)) : list,
    ] as const;
  const learns = !read.has('userknownhostsfile') && !isOn(read, 'verifyhostkeydns');
  return new Map([
    ...[...BUILT_IN].map(expand),
    ...([
      ['user', [values.user]],
      ['port', [String(values.port)]],
      ['updatehostkeys', [learns ? 'yes' : 'no']],
    ] as const),
    ...[...read].map(expand),
  ]);
}

interface Setting {
  readonly keyword: string;
  readonly value: string;
}

function expanded({ keyword, value }: Setting, values: TokenValues, env: Environment): string {
  // `$NAME` and the name itself stand for a variable, and are left to whoever takes the socket from it
  if (/^(?:none|yes|no|true|false|SSH_AUTH_SOCK|\$\w+)$/i.test(value)) return value;
  const expansion = expandPath(value, values, env);
  if (expansion.type === 'expanded') return expansion.text;
  throw new UserError({
    code: 'SLIP_SSH_CONFIG',
    message: `The SSH configuration of ${values.original} sets ${keyword} to "${value}", but ${expansion.name} has no value.`,
    mend: `Set ${expansion.name}, or write the path out.`,
  });
}

/** Canonical names come from DNS by rules that only ssh knows. */
function refuseCanonical(read: SshConfig): void {
  const value = read.get('canonicalizehostname')?.[0] ?? 'no';
  if (/^(?:no|false|none)$/i.test(value)) return;
  throw new UserError({
    code: 'SLIP_SSH_CONFIG',
    message: `The SSH configuration sets "CanonicalizeHostname ${value}", which needs the program ssh.`,
    mend: 'Install the OpenSSH client.',
  });
}
