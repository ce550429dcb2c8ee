/** `: why`, and nothing where nobody said why. */
export function because(why: string | undefined): string {
  return why === undefined || why === '' ? '' : `: ${why}`;
}
