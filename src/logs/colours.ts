/** Colours and the like, as terminals take them: what loggers put around levels. */
const COLOURS = /\u001b\[[\d;:]*m/g;

/** Without colours, which would hide what a line says; all else that is not text is left to be sanitised. */
export function withoutColours(text: string): string {
  return text.includes('\u001b[') ? text.replace(COLOURS, '') : text;
}
