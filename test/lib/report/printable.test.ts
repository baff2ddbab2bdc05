import {describe, expect, it} from 'vitest'
import {printable} from '../../../src/lib/report/printable.ts'

describe('printable text', () => {
  it('stays on its line and moves no cursor', () => {
    expect(printable(' a\nb\t\u001b[2Jc\u009b1md ')).toBe('a b [2Jc 1md')
  })
})
