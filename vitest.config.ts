import {defineConfig} from 'vitest/config'
import {BaseSequencer, type TestSpecification} from 'vitest/node'

const suite = (name: string, include: string[], testTimeout: number) => ({
  test: {
    name,
    include,
    testTimeout,
    hookTimeout: testTimeout * 2,
    environment: 'node' as const,
    // Nothing is mocked by module, so files may share a process: loading everything anew took half of the time.
    isolate: false,
  },
})

const ALL_FAULTS = [
  'test/lab/faults/**/*.test.ts',
  'test/lab/users.test.ts',
  'test/lab/docker.test.ts',
  'test/lab/dnf.test.ts',
  'test/lab/install-dnf.test.ts',
  'test/lab/plugins.test.ts',
  'test/lab/provisioning.test.ts',
]
const ALL_KILLS = ['test/lab/kill/**/*.test.ts', 'test/lab/many-rollouts.test.ts']

/** Each worker has a lab of its own; most of a run is waiting. */
const lab = (name: string, include: string[], exclude: string[] = []) => ({
  test: {
    ...suite(name, include, 600_000).test,
    exclude,
    maxWorkers: 3,
    globalSetup: ['test/lab/support/shared-cluster.ts'],
  },
})

/** The files that take longest begin first, so that none of them is left over alone at the end. */
const LONG = [
  'e2e/trial.test.ts',
  'contract/host-connection.test.ts',
  'contract/host.test.ts',
  'contract/host-login.test.ts',
  'contract/gates.test.ts',
  'contract/dumps.test.ts',
  'double/http/http.test.ts',
  'sandbox/sandbox.test.ts',
  'double/database/migrate.test.ts',
  'lab/kill-sample.test.ts',
  'lab/migration.test.ts',
  'lab/revert.test.ts',
  'lab/rollout.test.ts',
  'lab/demo.test.ts',
  'lab/secrets.test.ts',
  'lab/nginx.test.ts',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({moduleId}: TestSpecification) =>
      LONG.findIndex(name => moduleId.endsWith(name)) + 1 || LONG.length + 1
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b))
  }
}

export default defineConfig({
  test: {
    sequence: {sequencer: LongestFirst},
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
      lab('lab', ['test/lab/**/*.test.ts'], [...ALL_FAULTS, ...ALL_KILLS]),
      // Too long for every day: `npm run test:faults`, `npm run test:kill`.
      lab('faults', ALL_FAULTS),
      lab('kill', ALL_KILLS),
    ],
  },
})
