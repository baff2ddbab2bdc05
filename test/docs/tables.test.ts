import {globSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, test} from 'vitest'
import {CHECKS} from '../../src/lib/checks/registry.ts'
import {clusterJsonSchema} from '../../src/lib/config/json-schema.ts'
import {EXIT_CODES} from '../../src/lib/errors/exit-codes.ts'
import {ROOT, tableRows} from '../support/documents.ts'

describe('docs/checks.md', () => {
  test('has the checks of the registry, in its order and words', () => {
    const rows = tableRows('docs/checks.md').filter(([id]) => id?.includes('/'))
    const plain = (text: string) => text.replaceAll('`', '')
    expect(rows).toEqual(CHECKS.map(({id, title, severity, hint}) => [id, title, severity, plain(hint)]))
  })
})

describe('docs/exit-codes.md', () => {
  test('has the exit codes of the table in the code', () => {
    const rows = tableRows('docs/exit-codes.md').map(([code, name, means]) => [code, name, means])
    const table = Object.entries(EXIT_CODES).map(([name, {code, means}]) => [String(code), name, means])
    expect(rows).toEqual(table)
  })

  test('is what the README says in short', () => {
    const codes = tableRows('README.md').flatMap(([code = '']) => (/^\d+$/.test(code) ? [Number(code)] : []))
    expect(codes).toEqual(Object.values(EXIT_CODES).map(({code}) => code))
  })
})

describe('docs/cluster-file.md', () => {
  const documented = tableRows('docs/cluster-file.md').map(([key = '']) => key)

  test('names every key of the schema', () => {
    expect(keys().filter(key => !documented.includes(key))).toEqual([])
  })

  test('names no key that the schema does not have', () => {
    expect(documented.filter(key => !keys().includes(key))).toEqual([])
  })

  test('names each key once', () => {
    expect(documented.filter((key, place) => documented.indexOf(key) < place)).toEqual([])
  })
})

describe('docs/troubleshooting.md', () => {
  const errors = ['src/lib', 'src/commands'].map(folder => path.join(ROOT, folder)).flatMap(sourcesBelow)

  test('names only codes that gha has', () => {
    const known = new Set(
      errors.flatMap(text =>
        [...text.matchAll(/'([A-Z]+(?:_[A-Z]+)*)'|\b[A-Z]+(?:_[A-Z]+)+\b/g)].map(([word]) => word.replaceAll("'", '')),
      ),
    )
    const named = tableRows('docs/troubleshooting.md').map(([code = '']) => code)
    expect(named.filter(code => !known.has(code))).toEqual([])
  })

  test('names every code that gha throws, but for those that say all there is to say', () => {
    const thrown = errors.flatMap(text => [...text.matchAll(THROWN)].flatMap(([words]) => words.match(CODES) ?? []))
    const named = tableRows('docs/troubleshooting.md').map(([code = '']) => code)
    expect([...new Set(thrown)].filter(code => !named.includes(code)).toSorted()).toEqual(SELF_EXPLAINING)
  })
})

/** Where a code stands: as `code: …`, or as the word that a helper takes. */
const THROWN = /\bcode: .*|'(?:HOST|SUDO|BALANCER|LOCK)_[A-Z_]+'/g
const CODES = /(?<=')[A-Z]+(?:_[A-Z]+)*(?=')/g

const SELF_EXPLAINING = [
  'BUG',
  'CANCELLED',
  'CHECK_UNKNOWN',
  'DRY_RUN_MUTATION',
  'FILE_MISSING',
  'HOST_KEY_FILE',
  'HOST_OUTPUT',
  'HOST_SESSIONS',
  'INI_NAME',
  'INI_VALUE',
  'PATH_INVALID',
  'RENDER_FOLDER_TAKEN',
  'SECRET_FILE_MISSING',
  'USAGE',
  'VERSION_INVALID',
]

type Schema = Readonly<Record<string, unknown>>

/** Paths as the page writes them; what `ssh`, `service`, `paths`, `settings` and a hook hold is told once, where they stand first. */
function keys(): readonly string[] {
  return [...new Set(keysOf(clusterJsonSchema(), ''))].filter(key => !REPEATED.test(key))
}

const REPEATED =
  /^(?:nodes\[\]|loadBalancer\.(?:hosts\[\]|host))\.(?:ssh|service|paths)\.|^hooks\.(?!preConnect\.|postConnect\.onFailure)\w+\./

function keysOf(schema: Schema, prefix: string): readonly string[] {
  const choices = [...listOf(schema, 'oneOf'), ...listOf(schema, 'anyOf')]
  const items = schema['items'] as Schema | undefined
  const properties = Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, Schema>>)
  return [
    ...choices.flatMap(choice => keysOf(choice, prefix)),
    ...(items ? keysOf(items, `${prefix}[]`) : []),
    ...properties.flatMap(([key, inside]) => {
      const path = prefix === '' ? key : `${prefix}.${key}`
      return [path, ...keysOf(inside, path)]
    }),
  ]
}

function listOf(schema: Schema, key: string): readonly Schema[] {
  return (schema[key] ?? []) as readonly Schema[]
}

function sourcesBelow(folder: string): readonly string[] {
  return globSync('**/*.ts', {cwd: folder}).map(file => readFileSync(path.join(folder, file), 'utf8'))
}
