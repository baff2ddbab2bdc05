import {describe, expect, it} from 'vitest'
import {printable} from '../../../src/lib/report/printable.ts'

describe('printable text', () => {
  it('stays on its line and moves no cursor', () => {
    expect(printable(' a\nb\t\u001b[2Jc\u009b1md ')).toBe('a b [2Jc 1md')
  })

  it('ends where nobody reads on', () => {
    expect(printable('a'.repeat(1000))).toBe('a'.repeat(1000))
    expect(printable('a'.repeat(5_000_000))).toBe(`${'a'.repeat(1000)}…`)
  })
})
