import { formatBytes } from '../../base/bytes.ts';
import { quote } from '../../base/shell.ts';
import { list } from '../../base/text.ts';
import type { InstanceSettings } from '../../config/settings.ts';
import type { HostState } from '../../host/state.ts';
import { type Check, checksOf } from '../diagnosis.ts';
import { RESERVE } from '../room.ts';

const [disk, tools] = [checksOf('disk'), checksOf('tools')];

/** Room for a few releases of a usual size. What a release really takes is reckoned when it is planned. */
const AMPLE = { bytes: 512 << 20, inodes: 10_000 };

export function checkDisk({ disk: { freeBytes, freeInodes } }: HostState, deployTo: string): readonly Check[] {
  const releases = `releases that are no longer needed can be deleted below ${quote(`${deployTo}/releases`)}`;
  const mend = (command: string) => `Look at what fills it: ${command} ${quote(deployTo)}; ${releases}`;
  const bytes = freeBytes === undefined ? undefined : { free: freeBytes, words: `${formatBytes(freeBytes)} are free` };
  const inodes =
    freeInodes === undefined ? undefined : { free: freeInodes, words: `${freeInodes} more files are possible` };
  return [
    bytes === undefined
      ? disk.unknown('how much is free on its disk is not told')
      : amount(bytes, { least: RESERVE.bytes, ample: AMPLE.bytes, mend: mend('df -h') }),
    inodes === undefined
      ? disk.ok('its disk tells of no limit to the number of files (inodes)')
      : amount(inodes, { least: RESERVE.inodes, ample: AMPLE.inodes, mend: mend('df -i') }),
  ];
}

interface Amount {
  readonly free: number;
  readonly words: string;
}

interface Bounds {
  /** Below it nothing can be deployed. */
  readonly least: number;
  readonly ample: number;
  readonly mend: string;
}

function amount({ free, words }: Amount, { least, ample, mend }: Bounds): Check {
  if (free < least) return disk.bad(`only ${words}`, mend);
  return free < ample ? disk.warning(`only ${words}`, mend) : disk.ok(words);
}

const NEEDED = ['tar', 'gzip', 'awk', 'sha256sum', 'timeout'];
/** In the order in which the host script takes them. */
const HTTP_CLIENTS = ['curl', 'python3', 'wget', 'node', 'perl', 'bash'];

export function checkTools(state: HostState, instances: readonly InstanceSettings[]): readonly Check[] {
  const { tools: there, findings } = state;
  const isComplete = !findings.some(({ kind }) => kind === 'tool');
  const asks = instances.some(({ health }) => health.probe.type === 'http');
  const client = HTTP_CLIENTS.find((one) => there.has(one));
  return [
    ...(isComplete
      ? [tools.ok(`all that a deploy needs is there: ${list(NEEDED.filter((one) => there.has(one)))}`)]
      : []),
    there.has('zstd')
      ? tools.ok('zstd is there: what has changed is sent as its difference to what it was')
      : tools.warning(
          'zstd is not installed: uploads are larger than they have to be',
          'Install it, for example: sudo apt-get install zstd',
        ),
    ...(asks && client !== undefined ? [tools.ok(`health is asked for with ${client}`)] : []),
  ];
}
