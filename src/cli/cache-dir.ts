import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where everything is kept that could be made anew. */
export function cacheDir(env: NodeJS.ProcessEnv): string {
  return env['SLIPWAY_CACHE_DIR'] ?? join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'slipway');
}
