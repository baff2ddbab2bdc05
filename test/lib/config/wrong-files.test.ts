import {readFileSync} from 'node:fs'
import path from 'node:path'
import {Ajv} from 'ajv'
import {describe, expect, it} from 'vitest'
import {parse} from 'yaml'
import {formatProblem} from '../../../src/lib/config/problem.ts'
import {readCluster} from '../../../src/lib/config/read-cluster.ts'
import {clusterFixtures} from '../../support/cluster-fixtures.ts'
import {envOf, MemoryFiles, programsOf} from '../../support/local-fakes.ts'

const FEWEST_FILES = 90
const FILE = '/prod/gha.yaml'
const ENV = {SECRET_KEY: 'key', MANAGER_KEY: 'second', DB_PASSWORD: 'db', ADMIN: 'admin'}

const schema = new Ajv({strict: false}).compile(
  JSON.parse(readFileSync(path.join('schema', 'gha.schema.json'), 'utf8')),
)
const fixtures = clusterFixtures()

async function problemsOf(text: string): Promise<readonly string[]> {
  const ports = {files: new MemoryFiles({[FILE]: text}), env: envOf(ENV), programs: programsOf({})}
  const read = await readCluster(text, {...ports, file: FILE})
  return 'problems' in read ? read.problems.map(problem => formatProblem(problem).replace('gha.yaml:', '')) : []
}

describe('a wrong cluster file', () => {
  it('exists in every kind', () => expect(fixtures.length).toBeGreaterThanOrEqual(FEWEST_FILES))

  it.each(fixtures)('$name: every problem is told with its place', async ({text, problems}) => {
    expect(problems.length).toBeGreaterThan(0)
    expect(await problemsOf(text)).toEqual(problems)
  })

  it.each(fixtures.filter(fixture => fixture.schema === 'rejects'))(
    '$name: the JSON Schema rejects it too',
    ({text}) => {
      expect(schema(parse(text))).toBe(false)
    },
  )

  // Keeps the fixtures honest: what is marked so is beyond a schema, not beyond ours.
  it.each(fixtures.filter(fixture => fixture.schema === 'accepts'))('$name: only gha sees it', ({text}) => {
    expect(schema(parse(text)), JSON.stringify(schema.errors)).toBe(true)
  })

  it('of 5 MB is refused', async () => {
    expect(await problemsOf(`name: ${'x'.repeat(5_000_000)}\n`)).toEqual([
      '1:1 is larger than 256 KiB: this is no cluster file',
    ])
  })

  it('that nests without end is refused', async () => {
    expect(await problemsOf('['.repeat(200_000))).toEqual(['1:1 is nested too deeply: this is no cluster file'])
  })
})
