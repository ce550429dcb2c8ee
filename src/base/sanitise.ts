/**
 * Text of hosts, git and config is hostile until it has passed here: a log line can set the clipboard (OSC 52), rename the
 * window or hide the row below it. Whole escape sequences are removed, other control characters are shown.
 */
// prettier-ignore
const SEQUENCES = new RegExp(
  [
    '(?:\\u001b[PX^_]|[\\u0090\\u0098\\u009e\\u009f])[\\s\\S]*?(?:\\u001b\\\\|\\u009c|$)', // DCS, SOS, PM, APC and their bodies
    '(?:\\u001b\\]|\\u009d)[\\s\\S]*?(?:\\u0007|\\u001b\\\\|\\u009c|$)', //                   OSC, also one that never ends
    '(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]?', //                                            CSI: colours, cursor, modes
    '\\u001b[ -/]*[0-~]?', //                                                                 other escapes, and a lone ESC
  ].join('|'),
  'g',
);

// C0, DEL, C1, and the characters that reorder or hide text (bidi controls, the Arabic mark among them, zero width, BOM, line
// separators, the deprecated formats and annotations)
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** One line of foreign text, fit for a terminal: no control characters, no sequences, tabs as two spaces. */
export function sanitise(text: string): string {
  if (!/[^ -~]/.test(text)) return text;
  return text.replace(SEQUENCES, '').replaceAll('\t', '  ').replace(CONTROLS, visible);
}

/** Many lines of foreign text, each sanitised; line ends of any kind are understood. */
export function sanitiseLines(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines.map(sanitise);
}

function visible(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return `^${String.fromCharCode(code + 0x40)}`;
  if (code === 0x7f) return '^?';
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
