import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * The floors of the house, top first (ARCHITECTURE.md). A folder may import itself and what stands on floors below;
 * never upward, and never its siblings on the same floor.
 */
const floors = [
  ['cli', 'tui'],
  ['demo'],
  ['rollout'],
  ['release', 'service', 'health', 'logs', 'notify'],
  ['host', 'git', 'prefs'],
  ['analysis'],
  ['ssh', 'config'],
  ['base'],
];

/** For each folder: a rule that refuses imports of every folder that is not below it. */
const walls = floors.flatMap((floor, level) =>
  floor.map((folder) => {
    const forbidden = floors
      .slice(0, level + 1)
      .flat()
      .filter((other) => other !== folder);
    return {
      files: [`src/${folder}/**/*.{ts,tsx}`],
      rules: {
        'no-restricted-imports': [
          'error',
          {
            patterns: [
              ...forbidden.map((other) => ({
                regex: `^(\\.\\./)+${other}/`,
                message: `${folder} stands on a lower or the same floor as ${other}: imports only go down.`,
              })),
              ...(['cli', 'tui'].includes(folder)
                ? []
                : [{ regex: '^(ink|react)(/|$)', message: 'Only the tui knows Ink and React.' }]),
            ],
          },
        ],
        ...(['cli', 'tui'].includes(folder) ? {} : { 'no-console': 'error' }),
      },
    };
  }),
);

export default defineConfig(
  { ignores: ['dist/**', 'node_modules/**', 'test/fixtures/**'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 60, skipComments: true }],
      'max-params': ['error', 3],
      'max-depth': ['error', 3],
      // a default branch is a decision about all the rest
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-definitions': 'off',
    },
  },
  { files: ['src/tui/**/*.tsx'], rules: { 'max-lines-per-function': ['error', { max: 90, skipComments: true }] } },
  {
    files: ['test/**', 'bench/**', 'scripts/**', 'examples/**'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      // fakes answer as the real ones do, and stories end where they end
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
    },
  },
  ...walls,
);
