/** Runs what it is handed one at a time, in the order in which it came. */
export type Turns = <T>(task: () => Promise<T>, signal?: AbortSignal) => Promise<T | undefined>;

/** Who is given up while waiting leaves the line at once, and gets undefined. */
export function createTurns(): Turns {
  const line: (() => void)[] = [];
  let isTaken = false;
  return async (task, signal) => {
    if (signal?.aborted === true || (isTaken && !(await waitFor(line, signal)))) return undefined;
    isTaken = true;
    try {
      return await task();
    } finally {
      const next = line.shift();
      if (next === undefined) isTaken = false;
      else next();
    }
  };
}

/** True when it is our turn, which nobody can take meanwhile; false when we were given up. */
function waitFor(line: (() => void)[], signal: AbortSignal | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const enter = () => {
      signal?.removeEventListener('abort', leave);
      resolve(true);
    };
    const leave = () => {
      line.splice(line.indexOf(enter), 1);
      resolve(false);
    };
    line.push(enter);
    signal?.addEventListener('abort', leave, { once: true });
  });
}
