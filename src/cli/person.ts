import { promptWords } from '../ssh/prompt-words.ts';
import type { PromptWords } from '../ssh/prompt-words.ts';
import { createPromptQueue } from '../ssh/prompts.ts';
import type { Prompt, PromptQueue } from '../ssh/prompts.ts';
import type { CliContext } from './context.ts';
import { sentence } from './report/speech.ts';
import { readHidden, readLine, turnsAt } from './terminal.ts';
import type { Asking, Terminal } from './terminal.ts';

/**
 * Whoever sits at the terminal, to answer what hosts and keys ask for; undefined when nobody does. It is asked on stderr:
 * what commands print on stdout may be read by a program.
 */
export function personAt({ stdin, stdout, stderr, voice }: CliContext): PromptQueue | undefined {
  const output = [stderr, stdout].find((stream) => stream.isTTY);
  if (!stdin.isTTY || output === undefined) return undefined;
  const terminal: Terminal = { input: stdin, output, voice };
  const queue = createPromptQueue((prompt, signal) =>
    turnsAt(stdin)(() => put(terminal, prompt, { signal, onInterrupt }), signal),
  );
  const onInterrupt = (heard: 'key' | 'signal') => {
    queue.close();
    const pass = () => process.emit('SIGINT', 'SIGINT') || process.kill(process.pid, 'SIGINT');
    // as if no question had been there, once the terminal is as it was: whoever listens decides, else the process ends
    if (heard === 'key') setImmediate(pass);
    else if (process.listenerCount('SIGINT') === 0) process.kill(process.pid, 'SIGINT');
    return 'ends' as const;
  };
  return queue;
}

async function put(terminal: Terminal, prompt: Prompt, asking: Asking): Promise<string | undefined> {
  const words = promptWords(prompt);
  const isPlain = words.lines.length === 0 && words.answer !== 'yesNo';
  if (!isPlain)
    terminal.output.write(
      introduction(words, terminal)
        .map((line) => `${line}\n`)
        .join(''),
    );
  switch (words.answer) {
    case 'hidden':
      return readHidden(terminal, `${words.label}: `, asking);
    case 'shown':
      return readLine(terminal, `${words.label}: `, asking);
    case 'yesNo':
      return readYesNo(terminal, words, { prompt, asking });
  }
}

function introduction({ title, lines }: PromptWords, { voice }: Terminal): readonly string[] {
  return voice === 'sentences' ? [title, ...lines].map(sentence) : [`${title}:`, ...lines.map((line) => `  ${line}`)];
}

/** The whole word, as with OpenSSH: it is not to be said by the way. The fingerprint itself is a yes, too. */
async function readYesNo(
  terminal: Terminal,
  { label }: PromptWords,
  { prompt, asking }: { readonly prompt: Prompt; readonly asking: Asking },
): Promise<string | undefined> {
  const shown = prompt.type === 'hostKey' ? prompt.question.fingerprint : undefined;
  for (;;) {
    const how = terminal.voice === 'sentences' ? 'Type yes or no.' : '[yes/no]';
    const answer = await readLine(terminal, `${label}? ${how} `, asking);
    if (answer === undefined || /^no?$/i.test(answer)) return undefined;
    if (answer.toLowerCase() === 'yes' || answer === shown) return 'yes';
    terminal.output.write('Type yes or no.\n');
  }
}
