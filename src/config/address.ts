import type { Address } from './settings.ts';
import { quoted } from './quoted.ts';

// None starts with "-": an address must never be read as an option by a program it is handed to.
const USER = /^[A-Za-z0-9_.][A-Za-z0-9_.+@-]*$/;
const HOST = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
const IPV6 = /^[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(%[A-Za-z0-9_.-]+)?$/;

/** `[user@]host[:port]`, `[user@][ipv6]:port` or an alias of ~/.ssh/config. */
export function parseAddress(text: string): Address | { readonly problem: string } {
  if (/^\w+:\/\//.test(text)) {
    return {
      problem: `expected [user@]host[:port], got ${quoted(text)}. Leave out "${text.slice(0, text.indexOf('/') + 2)}".`,
    };
  }
  const at = text.lastIndexOf('@');
  const user = at === -1 ? undefined : text.slice(0, at);
  const { host, port } = splitPort(text.slice(at + 1));
  if (user !== undefined && !USER.test(user)) return { problem: `${quoted(user)} is not a user name.` };
  if (!HOST.test(host) && !IPV6.test(host)) {
    return { problem: `expected [user@]host[:port] or an alias of ~/.ssh/config, got ${quoted(text)}.` };
  }
  if (port !== undefined && !isPort(port))
    return { problem: `the port is a number from 1 to 65535, got ${quoted(port)}.` };
  return { user, host, port: port === undefined ? undefined : Number(port) };
}

/** One spelling for all that name the same machine and sshd, as far as can be told without asking DNS or ssh_config. */
export function machineOf(address: Address): string {
  const host = address.host.toLowerCase();
  const url = host.includes(':') ? `http://[${host}]` : '';
  return `${URL.canParse(url) ? new URL(url).hostname : host}:${address.port ?? 22}`;
}

/** "host:port" and "[ipv6]:port" in two; several colons without brackets are an address of IPv6. */
export function splitPort(text: string): { readonly host: string; readonly port: string | undefined } {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
  if (bracketed) return { host: bracketed[1]!, port: bracketed[2] };
  const colon = text.indexOf(':');
  if (colon === -1 || text.indexOf(':', colon + 1) !== -1) return { host: text, port: undefined };
  return { host: text.slice(0, colon), port: text.slice(colon + 1) };
}

export function isPort(text: string): boolean {
  return /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65535;
}
