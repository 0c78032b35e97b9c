import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './scripts/longest-first.ts'
import { SlowestReporter } from './scripts/slowest-reporter.ts'

/** Where the gate wants the report that its closing line is made from. */
const report = process.env.PHYSMEM_TEST_REPORT

export default defineConfig({
  test: {
    reporters: [
      'default',
      new SlowestReporter(),
      ...(report ? [['json', { outputFile: report }] as ['json', { outputFile: string }]] : []),
    ],
    // One for each CPU: a worker waits for its machine, which emulates on one CPU.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'scripts/**/*.test.ts', 'examples/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'lab',
          include: ['lab/**/*.test.ts'],
          exclude: ['lab/tests/built/**'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          // On the kernel that the lab builds itself: `npm run test:built`.
          name: 'built',
          include: ['lab/tests/built/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
})
