import { RemoteError } from '../base/errors.ts';
import type { FrozenPlan, LockAnswer, UnlockAnswer, WorkerFrame } from './verbs.ts';
import type { Arrived, ReceiveAnswer } from './receiving.ts';
import { type Frame, number, text } from './frames.ts';
import { readLock } from './reading.ts';
import type { HostState, LockState } from './state.ts';

const NO_LOCK: LockState = { owner: undefined, ageMs: 0 };

/** `readState` reads the frames of the look that may follow. */
export function readLockAnswer(
  frames: readonly Frame[],
  readState?: (frames: readonly Frame[]) => HostState,
): LockAnswer {
  const at = frames.findIndex((one) => one.kind === 'lock');
  const frame = frames[at];
  const lock = (frame && readLock({ kind: 'lock', fields: frame.fields.slice(1) })) ?? NO_LOCK;
  // as long as nothing has changed, nothing is read
  const looked = frames.some((one) => one.kind === 'host');
  const look = readState && looked ? { state: readState(frames.slice(at + 1)) } : {};
  switch (frame?.fields[0]) {
    case 'taken':
      return { type: 'taken', ...look };
    case 'takenOver':
      return { type: 'takenOver', from: lock, ...look };
    case undefined:
    default:
      return { type: 'refused', by: lock };
  }
}

export function readTime(frames: readonly Frame[]): number | undefined {
  const frame = frames.find(({ kind }) => kind === 'clock');
  return frame && number(frame, 0);
}

export function readUnlockAnswer(frames: readonly Frame[]): UnlockAnswer {
  const frame = frames.findLast((one) => one.kind === 'lock');
  const state = (frame && readLock({ kind: 'lock', fields: frame.fields.slice(1) })) ?? NO_LOCK;
  switch (frame?.fields[0]) {
    case 'none':
      return { type: 'none' };
    case 'released':
      return { type: 'released', was: state };
    case undefined:
    default:
      return { type: 'refused', by: state };
  }
}

/** A line of a frames file inside an "event" frame; "gone" when the worker died without one. */
export function onWorkerFrame(frame: Frame, onFrame: (frame: WorkerFrame) => void): void {
  if (frame.kind === 'gone') onFrame({ seq: 0, t: 0, kind: 'gone', fields: [] });
  if (frame.kind !== 'event') return;
  const seq = number(frame, 0);
  const t = number(frame, 1);
  if (seq === undefined || t === undefined) return;
  const fields = frame.fields.slice(3).map((_, index) => text(frame, index + 3));
  onFrame({ seq, t, kind: text(frame, 2), fields });
}

export function readLines(frames: readonly Frame[], kind = 'line'): readonly string[] {
  return frames.flatMap((frame) => (frame.kind === kind ? [text(frame, 0)] : []));
}

export function readPlan(frames: readonly Frame[]): FrozenPlan {
  return { text: readLines(frames)[0] ?? '', hooksRun: Number(readLines(frames, 'hooks')[0] ?? '0') || 0 };
}

export function readReceiveAnswer(frames: readonly Frame[]): ReceiveAnswer {
  const paths = (kind: string) => frames.flatMap((frame) => (frame.kind === kind ? [frame.fields[0] ?? ''] : []));
  if (frames.some(({ kind }) => kind === 'received')) return { type: 'received', left: paths('left') };
  return { type: 'differs', paths: paths('differs') };
}

export function readArrived(frames: readonly Frame[]): Arrived {
  if (frames.some(({ kind }) => kind === 'there')) return { type: 'there' };
  const name = frames.find(({ kind }) => kind === 'arrived')?.fields[0];
  if (name === undefined) return { type: 'nothing' };
  // as sha256sum writes it: the sum, two spaces, ./ and the path
  const files = frames.flatMap(({ kind, fields: [line = ''] }) =>
    kind === 'line' && line.slice(64, 68) === '  ./' ? [`${line.slice(0, 64)} ${line.slice(68)}`] : [],
  );
  return { type: 'part', name, files: new Set(files) };
}

type Ask = (request: { verb: string; variables: Record<string, string> }) => Promise<readonly Frame[]>;

export async function readManifest(ask: Ask, digest: string): Promise<string | undefined> {
  try {
    const frames = await ask({ verb: 'manifest', variables: { digest } });
    return frames
      .filter((frame) => frame.kind === 'line')
      .map((frame) => `${frame.fields[0] ?? ''}\n`)
      .join('');
  } catch (thrown) {
    if (thrown instanceof RemoteError && thrown.code === 'SLIP_ABSENT') return undefined;
    throw thrown;
  }
}
