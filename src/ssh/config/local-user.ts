import { homedir, userInfo } from 'node:os';
import type { Environment } from '../tokens.ts';

/** Who runs slipway, and where. */
export interface LocalUser {
  readonly name: string;
  readonly home: string;
  readonly uid: number;
}

/** OpenSSH takes the home folder from the password database, not from HOME. */
export function localUser(env: Environment): LocalUser {
  try {
    const { username, homedir: home, uid } = userInfo();
    return { name: username, home, uid };
  } catch {
    return { name: env['USER'] ?? env['LOGNAME'] ?? 'root', home: homedir(), uid: process.getuid?.() ?? 0 };
  }
}
