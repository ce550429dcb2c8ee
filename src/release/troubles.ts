import { type Trouble, UserError } from '../base/errors.ts';
import { sanitise } from '../base/sanitise.ts';
import { plural } from '../base/text.ts';

/** Why a path cannot be part of a release. */
export type TreeTrouble = 'leaves' | 'special' | 'unreadable' | 'name' | 'lfs' | 'changed';

/** Worst first: of several kinds, the first is told. */
const TROUBLES: Readonly<
  Record<TreeTrouble, Pick<Trouble, 'code'> & { readonly what: string; readonly mend: string }>
> = {
  changed: {
    code: 'SLIP_SOURCE_CHANGED',
    what: 'changed while it was read',
    mend: 'Wait until what writes there (a build, an editor, a sync) has finished, then deploy again.',
  },
  unreadable: {
    code: 'SLIP_TREE_UNREADABLE',
    what: 'cannot be read',
    mend: 'Give yourself the right to read it (chmod u+r; u+rx for a folder), or name it in source.exclude.',
  },
  special: {
    code: 'SLIP_TREE_SPECIAL',
    what: 'is a socket, a FIFO or a device, which no release can hold',
    mend: 'Remove it, or name it in source.exclude.',
  },
  name: {
    code: 'SLIP_TREE_NAME',
    what: 'has a name that is not UTF-8',
    mend: 'Rename it (convmv -f latin1 -t utf8 --notest …), or exclude its folder in source.exclude.',
  },
  leaves: {
    code: 'SLIP_TREE_LINK',
    what: 'is a symlink that leaves the tree',
    mend: 'Copy what it points at into the tree, make it relative, or name it in source.exclude. Files that outlive releases belong into shared.',
  },
  lfs: {
    code: 'SLIP_LFS_POINTER',
    what: 'is a git LFS pointer and not the file itself',
    mend: 'Fetch the files (git lfs install && git lfs pull), or fetch them in source.build, or name them in source.exclude.',
  },
};

export interface FoundTrouble {
  readonly kind: TreeTrouble;
  readonly path: string;
  /** Where a link points. */
  readonly to?: string | undefined;
}

/** The worst kind of trouble, with all paths that have it; undefined when there is none. */
export function treeError(found: readonly FoundTrouble[], tree: string): UserError | undefined {
  const kind = (Object.keys(TROUBLES) as TreeTrouble[]).find((candidate) =>
    found.some((trouble) => trouble.kind === candidate),
  );
  if (kind === undefined) return undefined;
  const { code, what, mend } = TROUBLES[kind];
  const paths = found
    .filter((trouble) => trouble.kind === kind)
    .map(named)
    .sort();
  const rest = paths.length > 1 ? ` (and ${plural(paths.length - 1, 'more path')})` : '';
  return new UserError({
    code,
    message: `${paths[0]!}${rest} in ${sanitise(tree)} ${what}.`,
    detail:
      paths.length > 1 ? [...paths.slice(0, 20), ...(paths.length > 20 ? [`and ${paths.length - 20} more`] : [])] : [],
    mend,
  });
}

function named({ path, to }: FoundTrouble): string {
  return to === undefined ? sanitise(path) : `${sanitise(path)} -> ${sanitise(to)}`;
}
