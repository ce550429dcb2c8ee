/** A line longer than this is passed on in pieces: a program that never ends its line must not fill the memory. */
const LONGEST = 8192;

export interface LineSplitter {
  readonly write: (text: string) => void;
  /** Passes on what has no line end yet. */
  readonly end: () => void;
}

/** Cuts text into lines as it comes. What a progress bar has overwritten with carriage returns is left out. */
export function createLineSplitter(onLine: (line: string) => void): LineSplitter {
  let held = '';
  const pass = (line: string) => onLine(line.replace(/\r$/, '').replace(/^.*\r/s, ''));
  return {
    write: (text) => {
      const lines = (held + text).split('\n');
      held = lines.pop()!;
      lines.forEach(pass);
      while (held.length > LONGEST) {
        pass(held.slice(0, LONGEST));
        held = held.slice(LONGEST);
      }
    },
    end: () => {
      if (held !== '') pass(held);
      held = '';
    },
  };
}
