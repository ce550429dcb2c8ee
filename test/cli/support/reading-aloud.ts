/** What stands against a text being read aloud as it comes, one sentence a line; nothing when nothing does. */
export function unreadable(raw: string, typed: readonly string[] = []): readonly string[] {
  const lines = raw.split('\r\n').filter((line) => line !== '' && !typed.includes(line));
  return [
    ...(raw.includes('\u001b') ? ['an escape'] : []),
    ...(/\r(?!\n)/.test(raw) ? ['a line that is drawn again'] : []),
    ...(/[│─┌└·→✓✗⠀-⣿\u0008]/.test(raw) ? ['a sign that is no word'] : []),
    ...lines.filter((line) => !/[.!?:]["”)]?$/.test(line)),
  ];
}
