import {readdirSync, readFileSync} from 'node:fs'
import path from 'node:path'

export interface ClusterFixture {
  readonly name: string
  readonly text: string
  /** `LINE:COLUMN path: text`, in order. */
  readonly problems: readonly string[]
  /** Whether a JSON Schema validator can see it too. */
  readonly schema: 'rejects' | 'accepts' | 'no-yaml'
}

export const FIXTURES = path.join('test', 'fixtures', 'clusters')

/** Wrong cluster files. Each says in comments at its end what is wrong: `#! LINE:COLUMN …`, `#! schema: rejects`. */
export function clusterFixtures(): readonly ClusterFixture[] {
  return readdirSync(FIXTURES)
    .filter(file => file.endsWith('.yaml'))
    .sort()
    .map(file => parseFixture(path.basename(file, '.yaml'), readFileSync(path.join(FIXTURES, file), 'utf8')))
}

function parseFixture(name: string, text: string): ClusterFixture {
  const notes = [...text.matchAll(/^#! (.*)$/gm)].map(match => match[1] ?? '')
  const schema = notes.find(note => note.startsWith('schema: '))?.slice('schema: '.length)
  if (schema !== 'rejects' && schema !== 'accepts' && schema !== 'no-yaml')
    throw new Error(`${name} does not say what the schema sees`)
  return {name, text, schema, problems: notes.filter(note => !note.startsWith('schema: '))}
}
