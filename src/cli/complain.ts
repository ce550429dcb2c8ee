import { type CliContext, note } from './context.ts';
import { type TroubleOptions, troubleLines, troubleSentences } from './report/trouble.ts';

/** An error, told on stderr to whoever reads along. */
export function complain(context: CliContext, thrown: unknown, options: TroubleOptions = {}): void {
  const words = context.voice === 'sentences' ? troubleSentences : troubleLines;
  words(thrown, options).forEach((line) => note(context, line));
}
