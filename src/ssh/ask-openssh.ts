import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

/** A host as `ssh` is told of it. */
export interface Question {
  readonly host: string;
  readonly user?: string | undefined;
  readonly port?: number | undefined;
}

export interface Asking {
  /** The ssh program. */
  readonly ssh: string;
  /** As for `ssh -F`; undefined: the user's own files. */
  readonly file: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `Match exec` runs commands of the user's choice: not for ever. */
  readonly deadlineMs: number;
}

/**
 * Asks one shell after another for some: each answers on a descriptor of its own, and POSIX promises a shell 3 to 9. What is
 * asked stands in arguments, never in the text.
 */
const SCRIPT = `f=$1 ssh=$2 n=3
shift 2
while [ $# -gt 0 ]; do
  { "$ssh" -G \${f:+-F "$f"} \${1:+-l "$1"} \${2:+-p "$2"} -- "$3"; echo "exit $?"; } >&$n 2>/dev/null </dev/null &
  n=$((n + 1))
  shift 3
done
wait`;

const AT_ONCE = 7;

/**
 * What `ssh -G` says about each host, in the order of the questions, from as few processes of ours as possible: starting one
 * takes this process 4 ms, starting the next takes a shell a tenth of that. Undefined where ssh failed, or did not answer in
 * time: ask for that one alone to learn why.
 */
export async function askOpenSsh(
  questions: readonly Question[],
  asking: Asking,
): Promise<readonly (string | undefined)[]> {
  const groups = Array.from({ length: Math.ceil(questions.length / AT_ONCE) }, (_, index) =>
    questions.slice(index * AT_ONCE, (index + 1) * AT_ONCE),
  );
  return (await Promise.all(groups.map((group) => askGroup(group, asking)))).flat();
}

/** The same for those who each know of one host: what they ask in one turn of the event loop is asked together. */
export function createAsker(asking: Asking): (question: Question) => Promise<string | undefined> {
  let gathered: Question[] = [];
  let answers: Promise<readonly (string | undefined)[]> | undefined;
  return async (question) => {
    const index = gathered.push(question) - 1;
    answers ??= new Promise((resolve) => {
      setImmediate(() => {
        const questions = gathered;
        gathered = [];
        answers = undefined;
        resolve(askOpenSsh(questions, asking));
      });
    });
    return (await answers)[index];
  };
}

async function askGroup(questions: readonly Question[], asking: Asking): Promise<readonly (string | undefined)[]> {
  const { ssh, file = '', env, deadlineMs } = asking;
  const words = questions.flatMap(({ user = '', port = '', host }) => [user, String(port), host]);
  const child = spawn('sh', ['-c', SCRIPT, 'sh', file, ssh, ...words], {
    env: { ...env },
    stdio: ['ignore', 'ignore', 'ignore', ...questions.map(() => 'pipe' as const)],
    // a group of its own, so that what Match exec started can be ended with it
    detached: true,
  });
  child.on('error', () => undefined);
  const deadline = setTimeout(() => endGroup(child), deadlineMs);
  const answers = questions.map((_, index) => readAnswer(child.stdio[index + 3] as Readable | null | undefined));
  return Promise.all(answers).finally(() => clearTimeout(deadline));
}

/** All up to `exit 0`, which need not be the end of the stream: a program that Match exec left behind may hold it open. */
async function readAnswer(stream: Readable | null | undefined): Promise<string | undefined> {
  if (!stream) return undefined;
  let text = '';
  try {
    for await (const chunk of stream.setEncoding('utf8') as AsyncIterable<string>) {
      text += chunk;
      const end = /(^|\n)exit (\d+)\n$/.exec(text);
      if (end) return end[2] === '0' ? text.slice(0, end.index + end[1]!.length) : undefined;
    }
  } catch {
    // as good as no answer
  }
  return undefined;
}

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // it has ended meanwhile
  }
}
