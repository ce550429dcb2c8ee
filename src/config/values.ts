import { isPort, splitPort } from './address.ts';
import { quoted } from './quoted.ts';

/** Rules for single values that hold before placeholders are filled in (a placeholder counts as a word) and after. */

const UNIT_SUFFIXES = /\.(socket|device|mount|automount|swap|target|path|timer|slice|scope)$/;

/** A path of this machine: a git repository or a folder. */
export function localPathProblem(path: string): string | undefined {
  if (/^[a-z+]+:\/\//i.test(path) || /^[\w.-]+@[\w.-]+:/.test(path)) {
    return `expected a path on this machine, got ${quoted(path)}. Clone the repository and give the path of the clone.`;
  }
  if (path.startsWith('~'))
    return `expected a path, got ${quoted(path)}. Write out the home folder: "~" is not replaced.`;
  return undefined;
}

export function refProblem(ref: string): string | undefined {
  if (ref.startsWith('-')) return `a git ref does not start with "-", got ${quoted(ref)}.`;
  return /\s/.test(ref) ? `a git ref has no spaces, got ${quoted(ref)}.` : undefined;
}

export function unitProblem(unit: string): string | undefined {
  const name = asWord(unit);
  const suffix = UNIT_SUFFIXES.exec(name)?.[1];
  if (suffix) return `expected a service, got a ${suffix} unit: ${quoted(unit)}.`;
  if (!/^[\w:\\][\w:\\@.-]*$/.test(name) || name.length > 240) {
    return `expected a unit name such as "greeter@{instance}", got ${quoted(unit)}.`;
  }
  if (/@(\.service)?$/.test(name))
    return `a template needs its instance: write "${unit.replace(/@(\.service)?$/, '@{instance}$1')}".`;
  return undefined;
}

export function urlProblem(url: string): string | undefined {
  const text = asWord(withNumbers(url));
  const example = 'expected a URL such as "http://127.0.0.1:{port}/healthz"';
  if (!/^https?:\/\//.test(text) || !URL.canParse(text) || /\s/.test(text)) return `${example}, got ${quoted(url)}.`;
  const { username, password } = new URL(text);
  return username || password ? 'has no place for a user or password: they would show in the process list.' : undefined;
}

export function tcpProblem(address: string): string | undefined {
  const { host, port } = tcpTarget(withNumbers(address));
  if (/^[\w.:{}-]+$/.test(host) && !host.startsWith('-') && isPort(port)) return undefined;
  return `expected [host:]port such as "127.0.0.1:{port}", got ${quoted(address)}.`;
}

/** A port alone is one of the host itself. */
export function tcpTarget(address: string): { readonly host: string; readonly port: string } {
  const { host, port } = splitPort(address);
  return port === undefined ? { host: '127.0.0.1', port: host } : { host: host === '' ? '127.0.0.1' : host, port };
}

function withNumbers(text: string): string {
  return text.replaceAll(/\{(port|instance)\}/g, '1');
}

/** With every placeholder as a plain word, to check what stands around it. */
function asWord(text: string): string {
  return text.replaceAll(/\{[A-Za-z]+\}/g, 'x');
}
