import { readFileSync, writeFileSync } from 'node:fs';
import { EXIT_CODES } from '../src/cli/exit-code.ts';
import { DIALOGS, keyLabel, keyTable, type Scope } from '../src/tui/index.ts';

// The README's tables that the code knows better: exit codes and keys. `--check` fails when they are stale.
const file = new URL('../README.md', import.meta.url);

/** Where a key counts, but for questions. */
const places = (scopes: readonly Scope[]) => scopes.filter((screen) => !DIALOGS.includes(screen));

const sections: Readonly<Record<string, readonly string[]>> = {
  'exit codes': table(['exit code', 'meaning'], Object.entries(EXIT_CODES)),
  keys: table(
    ['key', 'where', 'what'],
    keyTable()
      .filter(({ scopes, keys }) => places(scopes).length > 0 && keys.length > 0)
      .map(({ keys, scopes, help }) => [
        keys.map((key) => `\`${keyLabel(key)}\``).join(' '),
        places(scopes).length > 5 ? 'everywhere' : places(scopes).join(', '),
        help,
      ]),
  ),
};

const DIALOGS_NOTE = 'Questions name their own keys.';

const before = readFileSync(file, 'utf8');
const after = Object.entries(sections).reduce((text, [name, lines]) => {
  const pattern = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- end -->)`);
  if (!pattern.test(text)) throw new Error(`README.md has no section "${name}".`);
  const rows = name === 'keys' ? [...lines, '', DIALOGS_NOTE] : lines;
  return text.replace(pattern, (_all, start: string, end: string) => `${start}\n${rows.join('\n')}\n\n${end}`);
}, before);

if (!process.argv.includes('--check')) {
  writeFileSync(file, after);
} else if (before !== after) {
  console.error('README.md does not match the code. Make it anew: npm run generate');
  process.exitCode = 1;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
