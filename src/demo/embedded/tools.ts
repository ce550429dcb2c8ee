import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Bug } from '../../base/errors.ts';
import { sh } from '../../base/shell.ts';
import { SHIM_NAMES } from './shims/names.ts';

/** Which tools a host's commands find: this machine's own, or with Node standing in for what only GNU has. */
export type ToolSet = 'native' | 'shimmed';

/** Where systems keep their tools: the PATH that sshd gives by default, then the places of Homebrew and NixOS. */
const PLACES = [
  ...['/usr/local/bin', '/usr/bin', '/bin', '/usr/local/sbin', '/usr/sbin', '/sbin'],
  ...['/opt/homebrew/bin', '/run/current-system/sw/bin'],
];

/**
 * What a host may see. Not the whole machine: its service manager, journal, sudo and containers would reach out of the
 * pretended host into the machine that plays it, and what they start would carry no mark and outlive the host.
 */
const TOOLS = `
  sh bash dash ash busybox env
  [ b2sum base64 basename cat chgrp chmod chown cksum comm cp csplit cut date dd df dirname du echo expand expr factor false
  fmt fold groups head hostname id install join link ln logname ls md5sum mkdir mkfifo mknod mktemp mv nice nl nohup nproc
  numfmt od paste pathchk pr printenv printf pwd readlink realpath rm rmdir sed seq sha1sum sha256sum sha512sum shasum shred
  shuf sleep sort split stat stdbuf stty sum sync tac tail tee test timeout touch tr true truncate tsort tty uname unexpand
  uniq unlink users wc whoami yes
  awk gawk mawk egrep fgrep grep find xargs cmp diff diff3 patch file less more which getopt getconf getent
  tar gzip gunzip zcat bzip2 bunzip2 xz unxz zstd zstdcat zip unzip
  flock fuser ionice kill killall logger lsof pgrep pkill ps setsid free uptime w who top vmstat lscpu sysctl sw_vers
  curl wget nc openssl ip ss ifconfig netstat ping host dig
  perl python3 ruby npm npx corepack yarn pnpm git rsync jq sqlite3 make cc gcc g++ c++ clang ld as ar strip vi nano
`;

/** Fills `folder` with links to the tools a host may see, and answers the PATH that leads to them. */
export function layTools(folder: string, set: ToolSet = process.platform === 'linux' ? 'native' : 'shimmed'): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  // The very Node that runs this: another one on the machine may be too old for the sample app.
  symlinkSync(process.execPath, join(bin, 'node'));
  for (const name of TOOLS.trim().split(/\s+/)) {
    const found = PLACES.map((place) => join(place, name)).find((path) => existsSync(path));
    if (found !== undefined) symlinkSync(found, join(bin, name));
  }
  return set === 'native' ? bin : `${layShims(folder)}:${bin}`;
}

function layShims(folder: string): string {
  const shims = join(folder, 'shims');
  mkdirSync(shims);
  const program = shimProgram();
  for (const name of SHIM_NAMES) {
    const text = `#!/bin/sh\nexec ${sh`${process.execPath} ${program} ${name}`} "$@"\n`;
    writeFileSync(join(shims, name), text, { mode: 0o755 });
  }
  return shims;
}

/** The program behind all shims: beside this file in the sources, beside the bundle in the package. */
function shimProgram(): string {
  const found = ['./shims/main.ts', './shims.js']
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Bug('The stand-ins for GNU tools are missing from this package.');
  return found;
}
