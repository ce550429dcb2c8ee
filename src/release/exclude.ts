import { UserError } from '../base/errors.ts';

/** Says whether a path of the tree stays at home. Of a folder that does, nothing below is looked at. */
export type Excluded = (path: string, kind: 'folder' | 'other') => boolean;

interface Pattern {
  readonly regex: RegExp;
  readonly foldersOnly: boolean;
}

/**
 * The patterns of `source.exclude`, read as .gitignore reads them: `docs/` is any folder of that name, `/docs` or `a/docs`
 * start at the root of the tree, `*.map` is at any depth, `**` spans folders. `.git` never ships.
 */
export function createExclude(patterns: readonly string[]): Excluded {
  const compiled = patterns.map(compile);
  return (path, kind) => {
    if (path === '.git' || path.endsWith('/.git')) return true;
    return compiled.some(({ regex, foldersOnly }) => (kind === 'folder' || !foldersOnly) && regex.test(path));
  };
}

function compile(pattern: string): Pattern {
  if (pattern.startsWith('!')) {
    throw new UserError({
      code: 'SLIP_EXCLUDE',
      message: `source.exclude has “${pattern}”: a pattern that takes files back in is not understood.`,
      mend: 'Name what is to stay out more narrowly, or build an output folder that holds only what ships.',
    });
  }
  const foldersOnly = pattern.endsWith('/');
  const body = pattern.replace(/^\.\//, '/').replace(/\/+$/, '');
  const anchored = body.includes('/');
  const source = body.replace(/^\//, '').split('/').map(partSource).join('/');
  try {
    return { regex: new RegExp(`^${anchored ? '' : '(?:.*/)?'}${collapse(source)}$`, 's'), foldersOnly };
  } catch (cause) {
    throw new UserError({
      code: 'SLIP_EXCLUDE',
      message: `source.exclude has “${pattern}”, which is no pattern.`,
      cause,
      mend: 'See the range in its brackets: [a-z], not [z-a].',
    });
  }
}

/** `**` as a whole part stands for any number of folders; at the end, for everything below. */
function collapse(source: string): string {
  return source
    .replace(/^\0\/|\/\0(?=\/)/g, (found) => (found.startsWith('/') ? '(?:/.*)?' : '(?:.*/)?'))
    .replaceAll('\0', '.*');
}

function partSource(part: string): string {
  if (part === '**') return '\0';
  return part.replace(/\*+|\?|\[!?[^\]]+\]|[\\^$.|+(){}[\]]/g, (token) => {
    if (token.startsWith('*')) return '[^/]*';
    if (token === '?') return '[^/]';
    if (token.length > 1) return `[${token.slice(1, -1).replace(/^!/, '^').replace(/[\\[]/g, '\\$&')}]`;
    return `\\${token}`;
  });
}
