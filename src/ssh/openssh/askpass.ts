import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { quote } from '../../base/shell.ts';
import type { Environment } from '../processes.ts';
import type { AskPerson, Prompt } from '../prompts.ts';
import type { HostSpec } from '../spec.ts';
import { promptOf } from './questions.ts';

/** Takes ssh's questions. */
export interface Questions {
  /** What ssh must find in its environment. */
  readonly env: Environment;
  /** Settles when a secret was not given without which there is no login. ssh would send an empty one, three times. */
  readonly declined: Promise<Prompt>;
  close(): void;
}

export interface QuestionPlace {
  readonly spec: HostSpec;
  /** Nobody else can enter it. */
  readonly folder: string;
  readonly ask: AskPerson;
  readonly env: Environment;
}

/** Sends its argument to the socket, and prints the answer. Without one it fails, as if somebody had pressed Ctrl-C. */
const CLIENT = `
const [, socket, text] = process.argv;
const line = require('node:net').connect(socket);
let answer = '';
line.on('data', (more) => (answer += more));
line.on('end', () => (answer === '' ? process.exit(1) : process.stdout.write(answer)));
line.on('error', () => process.exit(1));
line.write(JSON.stringify({ text, hint: process.env.SSH_ASKPASS_PROMPT ?? '' }) + '\\n');
`;

/**
 * ssh asks by running a program (SSH_ASKPASS). Ours passes the question on through a socket in the master's own folder,
 * so that answers are in no argument, no environment and no file.
 */
export async function serveQuestions({ spec, folder, ask, env }: QuestionPlace): Promise<Questions> {
  const program = join(folder, 'askpass');
  const socket = join(folder, 'ask');
  const words = [process.execPath, '-e', CLIENT, socket].map(quote).join(' ');
  await writeFile(program, `#!/bin/sh\nunset NODE_OPTIONS\nexec ${words} "$1"\n`, { mode: 0o700 });
  const attempts = new Map<string, number>();
  const count = (subject: string) => {
    attempts.set(subject, (attempts.get(subject) ?? 0) + 1);
    return attempts.get(subject)!;
  };
  const { promise: declined, resolve: decline } = Promise.withResolvers<Prompt>();
  const lines = new Set<Socket>();
  const server = createServer((line) => {
    lines.add(line);
    line.on('error', () => undefined);
    createInterface(line).once('line', (question) => {
      void answer(question, { spec, ask, count, decline }).then((text) =>
        line.end(text === undefined ? '' : `${text}\n`),
      );
    });
  });
  server.listen(socket);
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
  return {
    declined,
    // older ones look at DISPLAY, and whether there is no terminal
    env: { SSH_ASKPASS: program, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: env['DISPLAY'] ?? ':0' },
    close() {
      server.close();
      for (const line of lines) line.destroy();
    },
  };
}

interface Asked {
  readonly spec: HostSpec;
  readonly ask: AskPerson;
  readonly count: (subject: string) => number;
  readonly decline: (prompt: Prompt) => void;
}

/** Undefined: declined. */
async function answer(question: string, { spec, ask, count, decline }: Asked): Promise<string | undefined> {
  const { text, hint } = JSON.parse(question) as { text: string; hint: string };
  // not a question but a notice, such as "touch your key", which ssh takes away by itself
  if (hint === 'none') return new Promise(() => undefined);
  const prompt = promptOf(spec, text, count);
  const said = await ask(prompt).catch(() => undefined);
  if (said === undefined && (prompt.type === 'password' || prompt.type === 'challenge')) decline(prompt);
  if (prompt.type !== 'hostKey') return said;
  // anything else would make it ask once more
  return said === 'yes' || said === prompt.question.fingerprint ? 'yes' : 'no';
}
