import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { settingsIn } from '../src/config/load.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

describe('the documents', () => {
  it('name only files and folders that exist', () => {
    for (const document of ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md']) {
      const paths = [...read(document).matchAll(/`((?:src|test|bench|scripts|examples)\/[\w./-]*)`/g)].map(
        (match) => match[1]!,
      );
      expect(paths.length + 1).toBeGreaterThan(document === 'README.md' ? 0 : 5);
      for (const path of paths)
        expect({ document, path, exists: existsSync(join(root, path)) }).toMatchObject({ exists: true });
    }
  });

  it('show a hosts.json that is valid', () => {
    const [block] = [...read('README.md').matchAll(/```json\n([\s\S]*?)```/g)].map((match) => match[1]!);
    expect(settingsIn(block!, '/project/hosts.json').map((settings) => settings.stage)).toEqual([
      'staging',
      'production',
    ]);
  });

  it('list every folder of src on its floor', () => {
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const map = read('ARCHITECTURE.md');
    const walls = read('eslint.config.js');
    for (const { name } of folders) {
      expect(map).toContain(`\`src/${name}\``);
      expect(walls).toContain(`'${name}'`);
    }
  });

  it('name for every complaint a test that exists, or why it is a decision', () => {
    const rows = [...read('docs/complaints.md').matchAll(/^\| (\d+) \| .* \| (.+) \|$/gm)];
    expect(rows.length).toBeGreaterThanOrEqual(45);
    expect(new Set(rows.map(([, number]) => number)).size).toBe(rows.length);
    for (const [, number, held = ''] of rows) {
      const tests = [...held.matchAll(/`(test\/[\w./-]+\.test\.ts)`: “([^”]+)”/g)];
      if (tests.length === 0)
        expect({ number, held }).toMatchObject({ held: expect.stringMatching(/^decision: \w/) as string });
      for (const [, file = '', name = ''] of tests)
        expect({ number, file, name, exists: read(file).includes(`'${name}'`) }).toMatchObject({ exists: true });
    }
  });
});
