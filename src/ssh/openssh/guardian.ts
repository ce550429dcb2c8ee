import { spawn } from 'node:child_process';
import type { Environment } from '../processes.ts';
import type { PipedProcess } from '../proxy-command.ts';
import { SSH } from './program.ts';

/**
 * Runs the master for as long as its own input is open, which is as long as we live: a master that outlived us would keep
 * the connection open for ever. Then it takes away whatever the master has started, and its folder.
 */
const GUARDIAN = [
  'exec 3<&0 </dev/null',
  'folder=$1',
  'shift',
  '"$@" & master=$!',
  // reads until the end of our life; a master that does not go by itself is made to
  '{ read -r _ <&3; kill "$master"; sleep 1; kill -9 0; } >/dev/null 2>&1 &',
  'exec 3<&-',
  'wait "$master"',
  'rm -rf -- "$folder"',
  'kill -9 0',
].join('\n');

export interface GuardedMaster {
  readonly folder: string;
  readonly args: readonly string[];
  readonly env: Environment;
}

/** A session of its own: Ctrl-C in the terminal is for us alone, and ssh has no terminal to ask questions at. */
export function spawnGuarded({ folder, args, env }: GuardedMaster): PipedProcess {
  return spawn('/bin/sh', ['-c', GUARDIAN, 'slipway-ssh', folder, SSH, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: { ...env },
  });
}
