const KEY_LABELS: Readonly<Record<string, string>> = {
  enter: 'Enter',
  esc: 'Esc',
  tab: 'Tab',
  up: 'Up',
  down: 'Down',
  pageUp: 'PgUp',
  pageDown: 'PgDn',
  home: 'Home',
  end: 'End',
  backspace: 'Backspace',
  left: 'Left',
  right: 'Right',
  ' ': 'Space',
};

/** A key as people write it. */
export function keyLabel(key: string): string {
  if (key.startsWith('ctrl+')) return `Ctrl-${key.slice(5).toUpperCase()}`;
  return KEY_LABELS[key] ?? key;
}
