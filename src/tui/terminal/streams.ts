/** The terminal, as `process` has it. */
export interface Streams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WritableStream;
}

/** What reaches a process from outside, and how it stops itself: `process`, or a stand-in. */
export type Signals = Pick<NodeJS.Process, 'on' | 'off' | 'once' | 'kill' | 'pid'>;
