/** Longer than any password sshd takes. */
const LONGEST = 1024;

export type Typed = 'typing' | 'entered' | 'declined' | 'interrupted';

/** A line that is typed without being shown: what the keys mean that a terminal in raw mode hands on as they are. */
export class HiddenLine {
  text = '';
  readonly #decoder = new TextDecoder();

  /** Takes what was typed; whatever comes after the end of the line is not ours and is left to the next question. */
  feed(chunk: Uint8Array): { readonly typed: Typed; readonly rest: string } {
    const typed = withoutSequences(this.#decoder.decode(chunk, { stream: true }));
    const keys = charactersOf(typed);
    for (const [index, key] of keys.entries()) {
      const state = this.#press(key);
      if (state !== 'typing') return { typed: state, rest: keys.slice(index + 1).join('') };
    }
    return { typed: 'typing', rest: '' };
  }

  #press(key: string): Typed {
    switch (key) {
      case '\r':
      case '\n':
        return 'entered';
      case '\u0003': // Ctrl-C
        return 'interrupted';
      case '\u0004': // Ctrl-D
        return this.text === '' ? 'declined' : 'typing';
      case '\b':
      case '\u007f':
        this.text = charactersOf(this.text).slice(0, -1).join('');
        return 'typing';
      case '\u0015': // Ctrl-U
        this.text = '';
        return 'typing';
      default:
        if (key >= ' ' && this.text.length < LONGEST) this.text += key;
        return 'typing';
    }
  }
}

/** Arrows and the like, which are no text. */
function withoutSequences(text: string): string {
  return text.replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|O.|.)?/g, '');
}

/** As people count them: an accent is erased with its letter. */
function charactersOf(text: string): string[] {
  return [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
}
