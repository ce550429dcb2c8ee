import { posix } from 'node:path';
import { quoted } from './quoted.ts';

// prettier-ignore
const SYSTEM_FOLDERS = new Set(['/', '/bin', '/boot', '/dev', '/etc', '/home', '/lib', '/lib32', '/lib64', '/libx32', '/media',
  '/mnt', '/opt', '/proc', '/root', '/run', '/sbin', '/srv', '/sys', '/tmp', '/usr', '/usr/local', '/var', '/var/lib',
  '/var/log', '/var/run', '/var/tmp', '/Applications', '/Library', '/System', '/Users', '/Volumes', '/private']);

/** Folders in which nothing but the system has a place. */
const SYSTEM_TREES =
  /^\/(?:bin|boot|dev|etc|lib|lib32|lib64|libx32|proc|sbin|sys|usr\/(?:bin|sbin|lib|share)|System)\//;

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

const LONGEST = 1024;

/** What is wrong with a folder to deploy to. Spaces, quotes and letters of any script are fine. */
export function deployToProblem(path: string): string | undefined {
  const problem = folderProblem(path);
  if (problem !== undefined) return problem;
  const folder = tidy(path);
  if (!SYSTEM_FOLDERS.has(folder) && !SYSTEM_TREES.test(`${folder}/`)) return undefined;
  return `${quoted(folder)} belongs to the system. Choose a folder of the app's own, such as "/srv/{app}-{stage}".`;
}

/** What is wrong with an absolute path on a host. */
export function folderProblem(path: string): string | undefined {
  const problem = characterProblem(path);
  if (problem !== undefined) return problem;
  if (path.startsWith('~'))
    return `expected an absolute path, got ${quoted(path)}. Write out the home folder: "~" is not replaced.`;
  if (!path.startsWith('/')) return `expected an absolute path, got ${quoted(path)}. Start it with "/".`;
  return climbs(path) ? `".." is not allowed in a path, got ${quoted(path)}.` : undefined;
}

/** The longest path of a socket that Linux takes. */
const LONGEST_SOCKET = 107;

/** What is wrong with the path of a socket; some that connect to one read "," and ":" in their own way. */
export function socketProblem(path: string): string | undefined {
  const problem = folderProblem(path);
  if (problem !== undefined) return problem;
  if (path.length > LONGEST_SOCKET) return `is longer than ${LONGEST_SOCKET} characters, which no socket may be.`;
  return /^[\w./@+-]+$/.test(path) ? undefined : `expected letters, digits and any of "/._@+-", got ${quoted(path)}.`;
}

/** What is wrong with a path that has to stay inside a tree. */
export function insideProblem(path: string, whole: 'whole' | 'part'): string | undefined {
  const problem = characterProblem(path);
  if (problem !== undefined) return problem;
  if (path.startsWith('/')) return `expected a relative path, got ${quoted(path)}. Leave out the "/" at its start.`;
  if (climbs(path)) return `leaves the tree: ".." is not allowed, got ${quoted(path)}.`;
  if (path.startsWith('-')) return `must not start with "-", got ${quoted(path)}.`;
  return whole === 'part' && tidy(path) === '.'
    ? `expected something inside the tree, got ${quoted(path)} (all of it).`
    : undefined;
}

/** Without double slashes, "." and a slash at the end. */
export function tidy(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

function characterProblem(path: string): string | undefined {
  if (CONTROL.test(path)) return `holds a control character: ${quoted(path)}.`;
  if (!path.isWellFormed()) return 'holds half of a character (a lone surrogate), which no host can store.';
  return path.length > LONGEST ? `is longer than ${LONGEST} characters.` : undefined;
}

function climbs(path: string): boolean {
  return path.split('/').includes('..');
}
