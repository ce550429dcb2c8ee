import { existsSync, renameSync } from 'node:fs';

/**
 * Puts a file out of the way, beside where it was and under a name that nothing has yet, and answers with that name;
 * undefined when it cannot be moved. Whatever was in it is still there.
 */
export function setAside(file: string, now: number): string | undefined {
  try {
    const free = freeName(file, now);
    renameSync(file, free);
    return free;
  } catch {
    return undefined;
  }
}

/** `config.json.broken-20261121T114205123Z` */
function freeName(file: string, at: number): string {
  const name = `${file}.broken-${new Date(at).toISOString().replace(/[-:.]/g, '')}`;
  return existsSync(name) ? freeName(file, at + 1) : name;
}
