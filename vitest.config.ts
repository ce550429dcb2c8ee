import { defineConfig } from 'vitest/config';

/** The long ones: `npm run test:soak`. */
const soaks = process.env['SLIPWAY_SOAK'] === '1' ? [] : ['**/*.soak.test.ts'];

export default defineConfig({
  test: {
    // two cores: more workers only fight over them
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          sequence: { groupOrder: 0 },
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/real/**', ...soaks],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          // a machine that does much else at once may be late; that it was is told ("retry x1"), and is to be mended
          retry: process.env['CI'] ? 1 : 0,
        },
      },
      {
        // the built program against booted hosts: they are shared, so one suite after the other
        test: {
          name: 'real',
          sequence: { groupOrder: 1 },
          include: ['test/real/**/*.test.ts'],
          exclude: soaks,
          globalSetup: ['test/real/global-setup.ts'],
          fileParallelism: false,
          maxConcurrency: 3,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
