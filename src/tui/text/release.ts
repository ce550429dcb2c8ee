/** `20261121T114205Z-1f0755f` → `1f0755f`: enough where room is short. */
export function shortRelease(id: string): string {
  return id.split('-').at(-1) || id;
}
