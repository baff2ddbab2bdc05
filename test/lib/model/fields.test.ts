import {describe, expect, it} from 'vitest'
import {formatFields, parseFields} from '../../../src/lib/model/fields.ts'

describe('fields as lines', () => {
  it('come back as they were, on one line each', () => {
    expect([...parseFields(formatFields({run: 'r1', reason: 'a\nrun=evil', since: 1}))].slice(0, 3)).toEqual([
      ['run', 'r1'],
      ['reason', 'a run=evil'],
      ['since', '1'],
    ])
  })

  it('are cut where nobody reads on', () => {
    expect(parseFields(`reason=${'a'.repeat(5_000_000)}\n`).get('reason')).toHaveLength(4000)
  })
})
