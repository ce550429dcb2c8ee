import type { Size } from '../../state.ts';

/** `panes`: the tree and the details beside it; `column`: one above the other; `list`: one or the other. */
export type Layout = 'panes' | 'column' | 'list';

export function layoutOf({ columns }: Pick<Size, 'columns'>): Layout {
  return columns >= 120 ? 'panes' : columns >= 80 ? 'column' : 'list';
}

/** The cells of the tree. */
export function treeColumns({ columns }: Pick<Size, 'columns'>): number {
  return layoutOf({ columns }) === 'panes' ? Math.min(96, Math.floor(columns / 2)) : columns;
}

/** The cells of the details; a column stands between them and the tree. */
export function detailColumns({ columns }: Pick<Size, 'columns'>): number {
  return layoutOf({ columns }) === 'panes' ? columns - treeColumns({ columns }) - 1 : columns;
}
