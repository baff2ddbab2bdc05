import {defineConfig} from 'vitest/config'

const suite = (name: string, include: string[], testTimeout: number) => ({
  test: {name, include, testTimeout, hookTimeout: testTimeout * 2, environment: 'node' as const},
})

export default defineConfig({
  test: {
    // The suites wait for servers more than they compute.
    maxWorkers: 4,
    projects: [
      suite(
        'unit',
        ['test/lib/**/*.test.ts', 'test/commands/**/*.test.ts', 'test/docs/**/*.test.ts', 'test/architecture.test.ts'],
        60_000,
      ),
      suite('golden', ['test/golden/**/*.test.ts'], 30_000),
      suite('double', ['test/double/**/*.test.ts', 'test/load/**/*.test.ts', 'test/sandbox/**/*.test.ts'], 60_000),
      suite('contract', ['test/contract/**/*.test.ts'], 60_000),
      suite('e2e', ['test/e2e/**/*.test.ts'], 300_000),
      {
        test: {
          ...suite('lab', ['test/lab/**/*.test.ts'], 600_000).test,
          // Each worker has a lab of its own; most of a run is waiting.
          maxWorkers: 2,
          globalSetup: ['test/lab/support/shared-cluster.ts'],
        },
      },
    ],
  },
})
