import type { PromptView } from '../state.ts';
import { paragraph } from '../text/paragraph.ts';
import { type Area, type Row, blank, row, span } from '../text/row.ts';
import { cut, width } from '../text/width.ts';
import { rule } from '../components/rule.ts';

/** What stands around the lines of a question: its title, blank rows, the field. */
const AROUND = 7;

/** A question of a host or a key over the lower part of the screen. A secret is shown as so many stars. */
export function promptRows({ words, text }: PromptView, area: Area): Row[] {
  const lines = words.lines.flatMap((line) => paragraph(line, area, { most: 2 }));
  const shown = lines.slice(0, Math.max(1, area.rows - AROUND));
  const above = shown.length === 0 ? [] : [...shown, blank];
  const label = paragraph(words.answer === 'yesNo' ? `${words.label}?` : `${words.label}:`, area, { most: 2 });
  return [rule(area, words.title), blank, ...above, ...label, answerRow(words.answer, text.reveal(), area)];
}

function answerRow(answer: PromptView['words']['answer'], text: string, { columns, glyphs }: Area): Row {
  if (answer === 'yesNo') return row(' ', span('y', 'key'), ' yes   ', span('n', 'key'), ' no');
  const letters = answer === 'hidden' ? '*'.repeat(charactersIn(text)) : text;
  const room = columns - 4;
  // the end of a long text is where it is being typed
  const end = width(letters) > room ? `${glyphs.ellipsis}${letters.slice(-(room - 1))}` : letters;
  return row(' ', span(cut(end, room, glyphs.ellipsis), 'strong'), span(glyphs.cursor, 'key'));
}

function charactersIn(text: string): number {
  return [...new Intl.Segmenter().segment(text)].length;
}
