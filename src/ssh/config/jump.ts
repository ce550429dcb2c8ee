import { UserError } from '../../base/errors.ts';
import { isHostName, isUserName } from './names.ts';

/** The last host of a ProxyJump: the one that is connected to, through those before it. */
export interface Hop {
  readonly host: string;
  readonly user: string | undefined;
  readonly port: number | undefined;
  /** The hosts before it, for a ProxyJump of its own; undefined: what its own configuration says. */
  readonly before: string | undefined;
}

/** `[user@]host[:port]` or `ssh://…`, several with commas between them. Undefined when it is no such thing. */
export function parseJump(jump: string): Hop | undefined {
  const comma = jump.lastIndexOf(',');
  const last = jump.slice(comma + 1);
  const hop = last.startsWith('ssh://') ? parseUri(last.slice('ssh://'.length)) : parsePlace(last);
  if (hop === undefined) return undefined;
  return { ...hop, before: comma < 0 ? undefined : jump.slice(0, comma) };
}

type Place = Omit<Hop, 'before'>;

function parseUri(uri: string): Place | undefined {
  const place = parsePlace(uri.replace(/\/$/, ''));
  if (place === undefined) return undefined;
  try {
    return { ...place, user: place.user === undefined ? undefined : decodeURIComponent(place.user) };
  } catch {
    return undefined;
  }
}

function parsePlace(text: string): Place | undefined {
  const [, user, bracketed, plain, port] = /^(?:(.*)@)?(?:\[([^\]]+)\]|([^:@[\]]+))(?::(\d+))?$/s.exec(text) ?? [];
  const host = bracketed ?? plain;
  const number = port === undefined ? undefined : Number(port);
  if (host === undefined || user === '' || number === 0 || (number ?? 0) > 65_535) return undefined;
  return isHostName(host) && isUserName(user ?? '') ? { host, user, port: number } : undefined;
}

/** The way to a host leads through itself. */
export function jumpLoop(name: string, hosts: readonly string[]): UserError {
  const again = hosts.at(-1) ?? name;
  return new UserError({
    code: 'SLIP_SSH_CONFIG',
    message: `The SSH configuration leads to host ${name} through itself: ${hosts.join(', reached through ')}.`,
    mend: `Say "ProxyJump none" for ${again} in a Host block that stands before the one that sets ProxyJump.`,
  });
}
