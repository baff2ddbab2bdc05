import {readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {clusterJsonSchema} from '../../../src/lib/config/json-schema.ts'

describe('schema/gha.schema.json', () => {
  it('is the one that the sources make; `npm run generate` writes it anew', () => {
    expect(JSON.parse(readFileSync('schema/gha.schema.json', 'utf8'))).toEqual(clusterJsonSchema())
  })
})
