import {describe, expect, it} from 'vitest'
import {columns} from '../../../src/lib/report/columns.ts'

describe('columns', () => {
  it('are as wide as their widest cell, colours not counted, the last one as it is', () => {
    const red = '\u001b[31mgf1\u001b[39m'
    expect(
      columns([
        ['NODE', 'UP', 'NOTES'],
        [red, '5m', ''],
        ['gf12345', '', 'a long note'],
      ]),
    ).toEqual(['NODE     UP  NOTES', `${red}      5m`, 'gf12345      a long note'])
  })
})
