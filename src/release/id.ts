const RELEASE_ID = /^\d{8}T\d{6}Z-[0-9a-f]{7}$/;

/** `20261121T114205Z-1f0755f`: when it was made, and the first digits of its commit (or, of a folder, of its digest). */
export function releaseId(now: number, digestOrRevision: string): string {
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  return `${time}-${digestOrRevision.slice(0, 7)}`;
}

/** Guards every id that comes from a host or an argument before it becomes part of a path. */
export function isReleaseId(text: string): boolean {
  return RELEASE_ID.test(text);
}
