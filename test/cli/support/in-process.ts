import { PassThrough, Writable } from 'node:stream';
import { systemClock } from '../../../src/base/clock.ts';
import { main } from '../../../src/cli/program.ts';
import type { Ran, Site } from './site.ts';

/** The command line in this process, without a terminal: many runs, and no Node to be started for each. */
export async function runHere(
  { folder: cwd, env }: Pick<Site, 'folder' | 'env'>,
  ...args: readonly string[]
): Promise<Ran> {
  const [stdout, stderr] = [collector(), collector()];
  const code = await main(args, {
    ...{ cwd, env, clock: systemClock },
    stdin: new PassThrough() as unknown as NodeJS.ReadStream,
    stdout: stdout.stream,
    stderr: stderr.stream,
  });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function collector() {
  const pieces: Buffer[] = [];
  const stream = new Writable({
    write: (piece: Buffer, _encoding, done) => {
      pieces.push(piece);
      done();
    },
  });
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => Buffer.concat(pieces).toString() };
}
