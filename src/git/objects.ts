import { spawn } from 'node:child_process';
import { gitEnvironment } from './environment.ts';

export interface GitObject {
  readonly id: string;
  readonly type: 'commit' | 'tree' | 'blob' | 'tag';
  readonly content: Buffer;
}

/** The objects of a repository, read over one process: a git command for each question would take longer than all answers. */
export interface Objects {
  /** Of an id or a revision expression. Undefined when there is none, or when git does not answer: other commands tell why. */
  read(name: string): Promise<GitObject | undefined>;
  close(): void;
}

/** Whoever wants bigger ones has git write them to the disk. */
const LARGEST = 32 << 20;

/** Starts `git cat-file --batch` beside the repository that `folder` is in. */
export function openObjects(folder: string, signal?: AbortSignal): Objects {
  const child = spawn('git', ['cat-file', '--batch'], {
    cwd: folder,
    env: gitEnvironment(process.env),
    stdio: ['pipe', 'pipe', 'ignore'],
    ...(signal ? { signal } : {}),
  });
  const waiting: ((found: GitObject | undefined) => void)[] = [];
  let over = false;
  const end = () => {
    over = true;
    child.kill();
    for (const answer of waiting.splice(0)) answer(undefined);
  };
  const answers = createAnswerReader((found) => waiting.shift()?.(found));
  child.on('error', end).on('close', end);
  child.stdin.on('error', end);
  child.stdout.on('data', (chunk: Buffer) => {
    if (!answers.take(chunk)) end();
  });
  return {
    read: (name) => {
      // one line is one question
      if (over || /[\u0000-\u001f\u007f]/.test(name)) return Promise.resolve(undefined);
      return new Promise((resolve) => {
        waiting.push(resolve);
        child.stdin.write(`${name}\n`);
      });
    },
    close: () => void child.stdin.end(),
  };
}

const FOUND = /^([0-9a-f]{40,64}) (commit|tree|blob|tag) (\d+)$/;

/** Takes the answers apart: `<id> <type> <size>`, the content and a line end; or a line that says why there is none. */
function createAnswerReader(tell: (found: GitObject | undefined) => void) {
  let held: Buffer[] = [];
  let length = 0;
  /** Bytes of which there is nothing new to learn before they are all there. */
  let needed = 1;
  return {
    /** False when the answer is too big to be held. */
    take: (chunk: Buffer): boolean => {
      held.push(chunk);
      length += chunk.length;
      if (length < needed) return true;
      const bytes = held.length === 1 ? chunk : Buffer.concat(held, length);
      let at = 0;
      for (;;) {
        const next = readAnswer(bytes.subarray(at));
        needed = next.needed;
        if (needed > LARGEST) return false;
        if (next.used === 0) break;
        at += next.used;
        tell(next.found);
      }
      held = [bytes.subarray(at)];
      length = bytes.length - at;
      return true;
    },
  };
}

/** The first answer in the bytes. When it is not whole, nothing is used and `needed` says how many bytes to wait for. */
function readAnswer(bytes: Buffer): { used: number; needed: number; found?: GitObject | undefined } {
  const lineEnd = bytes.indexOf('\n');
  if (lineEnd < 0) return { used: 0, needed: bytes.length + 1 };
  const match = FOUND.exec(bytes.toString('latin1', 0, lineEnd));
  const start = lineEnd + 1;
  if (!match) return { used: start, needed: 1 };
  const [, id = '', type, size] = match;
  const end = start + Number(size);
  if (bytes.length <= end) return { used: 0, needed: end + 1 };
  return {
    used: end + 1,
    needed: 1,
    found: { id, type: type as GitObject['type'], content: bytes.subarray(start, end) },
  };
}
