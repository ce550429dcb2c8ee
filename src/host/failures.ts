import { formatBytes } from '../base/bytes.ts';
import { quote } from '../base/shell.ts';
import { LockedError, RemoteError, type SlipwayError, UserError } from '../base/errors.ts';
import { HostFailure } from './call.ts';
import { needMend, needText } from './needs.ts';

/** A failure that the host script named, as an error with its mend. Other errors pass through. */
export function withMend(thrown: unknown): unknown {
  return thrown instanceof HostFailure ? toError(thrown) : thrown;
}

function toError({ host, failure, words }: HostFailure): SlipwayError {
  const [first = ''] = words;
  if (failure === 'foreign') {
    return new UserError({
      code: 'SLIP_FOREIGN_FOLDER',
      message: `The folder on ${host} belongs to another app or stage: ${first}.`,
      mend: 'Give this stage a deployTo of its own in hosts.json.',
    });
  }
  if (failure === 'superseded') return supersededBy(`${host}: it is no longer held by this rollout`);
  const known = Object.hasOwn(FAILURES, failure) ? FAILURES[failure] : undefined;
  if (!known) {
    return new RemoteError({ code: 'SLIP_HOST_SCRIPT', host, message: `${host}: ${[failure, ...words].join(' ')}` });
  }
  const { code, what, mend } = known(words[0] ?? '', words[1] ?? '');
  return new RemoteError({ code, host, message: `${host}: ${what}.`, ...(mend === undefined ? {} : { mend }) });
}

/** The lock is somebody else's by now: the stage was taken over, and its owner has the say. */
export function supersededBy(what: string): LockedError {
  return new LockedError({
    code: 'SLIP_SUPERSEDED',
    message: `${what}: somebody took the stage over.`,
    mend: 'Look at `slipway status` and `slipway history` for who did.',
  });
}

interface Failure {
  readonly code: string;
  readonly what: string;
  readonly mend?: string;
}

/** What the host script's `fail` says, and what its words are. */
const FAILURES: Readonly<Record<string, ((first: string, second: string) => Failure) | undefined>> = {
  denied: (folder) => ({
    code: 'SLIP_DENIED',
    what: `no right to write to ${folder}`,
    mend: `On the host: sudo install -d -o "$USER" ${quote(folder)}`,
  }),
  write: (file) => ({
    code: 'SLIP_DISK',
    what: `${file} could not be written`,
    mend: 'Look at rights, free space and inodes: df -h; df -i',
  }),
  full: (folder, kb) => ({
    code: 'SLIP_DISK_FULL',
    what: `the disk of ${folder} is full (${formatBytes(Number(kb) * 1024)} free)`,
    mend: `Look at what fills it: df -h ${quote(folder)}; releases that are no longer needed can be deleted below ${quote(`${folder}/releases`)}.`,
  }),
  inodes: (folder) => ({
    code: 'SLIP_DISK_INODES',
    what: `the disk of ${folder} has no inodes left: it holds too many files`,
    mend: `Look at what holds them: df -i ${quote(folder)}; releases that are no longer needed can be deleted below ${quote(`${folder}/releases`)}.`,
  }),
  quota: (folder, kb) => ({
    code: 'SLIP_QUOTA',
    what: `nothing more may be written to ${folder}, though its disk has ${formatBytes(Number(kb) * 1024)} free: the quota of the user is used up`,
    mend: 'Look at it on the host: quota -s; delete releases that are no longer needed, or have the quota raised.',
  }),
  readonly: (folder) => ({
    code: 'SLIP_READ_ONLY',
    what: `the file system of ${folder} is read-only`,
    mend: 'Linux does that to a file system with errors: look at dmesg on the host, then repair or remount it.',
  }),
  narrow: () => ({
    code: 'SLIP_LOG_NARROW',
    what: 'the journal may only be read one unit after the other, and without its times',
    mend: 'On the host: sudo usermod -aG systemd-journal "$USER"',
  }),
  unread: () => ({
    code: 'SLIP_LOG_UNREAD',
    what: 'journalctl could not read on from where it was',
    mend: 'The journal may have been cleared: it is read from its end.',
  }),
  install: () => ({
    code: 'SLIP_INSTALL',
    what: 'the host script could not be written',
    mend: 'Look at free space and rights below deployTo.',
  }),
  tool: (tool) => ({ code: 'SLIP_TOOL', what: needText(['tool', tool]), mend: needMend(['tool', tool]) }),
  used: (release) => ({
    code: 'SLIP_RELEASE_USED',
    what: `${release} is used by a link or a process; it cannot be sent again`,
    mend: 'Deploy again: that makes a release of its own.',
  }),
  payload: () => ({
    code: 'SLIP_UPLOAD',
    what: 'the upload did not arrive whole',
    mend: 'Deploy again: nothing was changed.',
  }),
  list: (base, file) => ({
    code: 'SLIP_LIST',
    what: `the list of the files of ${base} is damaged`,
    mend: `On the host: rm ${quote(file)}; then deploy again, which sends all files.`,
  }),
  copy: (base) => layout(`copied from ${base}`),
  layover: () => layout('laid out'),
  verify: (files) => ({
    code: 'SLIP_VERIFY',
    what: `files differ from what was sent: ${files}`,
    mend: 'Deploy again; if it stays, the disk is failing.',
  }),
  shared: (path) => ({ code: 'SLIP_SHARED', what: needText(['shared', path]), mend: needMend(['shared', path]) }),
  prepare: (run, status) => failed('SLIP_PREPARE', run, status),
  timeout: (run, seconds) => ({ code: 'SLIP_PREPARE', ...tookTooLong('the step', run, seconds) }),
  hook: (run, status) => failed('SLIP_HOOK', run, status),
  hang: (run, seconds) => ({ code: 'SLIP_HOOK', ...tookTooLong('hooks', run, seconds) }),
  step: () => ({
    code: 'SLIP_STEP_BUSY',
    what: 'a command of an earlier rollout is still running there',
    mend: 'Look at what it is (ps f), end it or wait for it, and try again.',
  }),
  outputs: (run) => ({
    code: 'SLIP_PREPARE',
    what: `"${run}" ended well but did not make its outputs`,
    mend: 'Compare `outputs` in hosts.json with what it makes.',
  }),
  journal: (unit) => ({
    code: 'SLIP_JOURNAL',
    what: needText(['journal', unit]),
    mend: needMend(['journal', unit]),
  }),
  socket: (socket) => ({ code: 'SLIP_TRAFFIC', what: needText(['proxy', socket]), mend: needMend(['proxy', socket]) }),
  level: (socket, level) => ({
    code: 'SLIP_TRAFFIC',
    what: needText(['level', socket, level]),
    mend: needMend(['level', socket]),
  }),
  server: (backend, server) => ({
    code: 'SLIP_TRAFFIC',
    what: needText(['server', backend, server]),
    mend: needMend(['server', backend, server]),
  }),
  unshifted: (socket, backend) => ({
    code: 'SLIP_TRAFFIC',
    what: `HAProxy did not do what it was told about ${backend}; it was told to go on as before`,
    mend: `Look at it on the host: echo "show servers state ${backend}" | socat - ${quote(socket)}`,
  }),
  detach: (instance) => ({
    code: 'SLIP_DETACH',
    what: `the update of ${instance} could not be started`,
    mend: 'Try it on the host: setsid true, or systemd-run --user true',
  }),
  absent: (what) => ({ code: 'SLIP_ABSENT', what: `it has no ${what}` }),
};

function layout(done: string): Failure {
  return {
    code: 'SLIP_DISK',
    what: `the new release could not be ${done}`,
    mend: 'Look at free space and inodes: df -h; df -i',
  };
}

function failed(code: string, run: string, status: string): Failure {
  return { code, what: `"${run}" failed with status ${status}`, mend: 'Its output is above; nothing was switched.' };
}

/** `whose`: what has a `timeout` of its own in hosts.json. */
function tookTooLong(whose: string, run: string, seconds: string): Omit<Failure, 'code'> {
  return {
    what: `"${run}" was ended after ${seconds} s`,
    mend: `Give ${whose} a longer \`timeout\` in hosts.json, or look at its output above for what it waits for.`,
  };
}
