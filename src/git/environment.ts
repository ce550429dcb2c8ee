/** `git rev-parse --local-env-vars`: what binds git to one repository. A caller's own (a hook, `git -c`) must not reach ours. */
const LOCAL = new Set([
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_COMMON_DIR',
  'GIT_CONFIG',
  'GIT_CONFIG_COUNT',
  'GIT_CONFIG_PARAMETERS',
  'GIT_DIR',
  'GIT_GRAFT_FILE',
  'GIT_IMPLICIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_INTERNAL_SUPER_PREFIX',
  'GIT_NAMESPACE',
  'GIT_NO_REPLACE_OBJECTS',
  'GIT_OBJECT_DIRECTORY',
  'GIT_PREFIX',
  'GIT_REPLACE_REF_BASE',
  'GIT_SHALLOW_FILE',
  'GIT_WORK_TREE',
]);

/** What says how to reach a server and whose configuration holds: the user's own, kept for git. */
const REACH = /^GIT_(SSH|SSH_COMMAND|SSH_VARIANT|ASKPASS|CONFIG_(GLOBAL|SYSTEM|NOSYSTEM)|SSL_\w+|HTTP_\w+|PROXY_\w+)$/;

/** Programs that would talk to the terminal, and a name that simple-git refuses. */
const INTERACTIVE = new Set(['EDITOR', 'PAGER', 'PREFIX', 'VISUAL']);

export type Environment = Readonly<Record<string, string>>;

/** The environment without the variables that bind git to a repository: for build commands. */
export function withoutRepository(ambient: NodeJS.ProcessEnv): Environment {
  return pick(ambient, (name) => !LOCAL.has(name) && !/^GIT_CONFIG_(KEY|VALUE)_\d+$/.test(name));
}

/** The environment of slipway's own git commands: bound to nothing, asks nothing, leaves the user's index alone. */
export function gitEnvironment(ambient: NodeJS.ProcessEnv): Environment {
  return {
    ...pick(ambient, (name) => (name.startsWith('GIT_') ? REACH.test(name) : !INTERACTIVE.has(name))),
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    LC_ALL: 'C',
  };
}

function pick(ambient: NodeJS.ProcessEnv, wanted: (name: string) => boolean): Environment {
  const entries = Object.entries(ambient).filter(([name, value]) => value !== undefined && wanted(name.toUpperCase()));
  return Object.fromEntries(entries) as Environment;
}
