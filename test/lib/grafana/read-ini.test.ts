import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {iniValue, readIni} from '../../../src/lib/grafana/read-ini.ts'
import {readGrafanaIni} from '../../double/ini.ts'

const value = (line: string) => readIni(`[s]\n${line}\n`).sections.get('s')?.get('k')

describe('the reader of existing files', () => {
  it.each([
    ['k = "quoted#hash"', '"quoted'],
    ['k = a;b', 'a'],
    ['k = `a#b;c"d\'\\`', 'a#b;c"d\'\\'],
    ['k = """p#;w`d"q"""', 'p#;w`d"q'],
    ['k =', ''],
    ['k = y : z', 'y : z'],
    ['k : y = z', 'y = z'],
    ['k = a\\\nb', 'ab'],
    ['k = "both"', 'both'],
    ["k = 'both'", 'both'],
    ['k = "a" b "c"', '"a" b "c"'],
    ['k = `one\ntwo`', 'one\ntwo'],
    ['k = first\nk = second', 'second'],
    ['"k" = in quotes', 'in quotes'],
  ])('reads %j', (line, expected) => {
    expect(value(line)).toBe(expected)
  })

  it('merges a section that comes twice and knows DEFAULT as the header-less one', () => {
    const {sections} = readIni('a = 1\n[s]\nb = 2\n[DEFAULT]\nc = 3\n[s]\nd = 4\n')
    expect(sections.get('')).toEqual(
      new Map([
        ['a', '1'],
        ['c', '3'],
      ]),
    )
    expect(sections.get('s')).toEqual(
      new Map([
        ['b', '2'],
        ['d', '4'],
      ]),
    )
  })

  it('finds what a child section inherits', () => {
    const file = readIni('[auth]\na = 1\n[auth.google]\nb = 2\n')
    expect(iniValue(file, 'auth.google', 'a')).toBe('1')
    expect(iniValue(file, 'auth', 'b')).toBeUndefined()
  })

  it('names the lines that Grafana would refuse', () => {
    expect(readIni('[s]\nno delimiter\nk = `open\n').problems).toEqual([
      {line: 2, reason: 'there is no = on the line'},
      {line: 3, reason: 'the closing ` is missing'},
    ])
  })

  it('agrees with the parser of the double about any text that parser takes', () => {
    const piece = fc.constantFrom('k', 'a = ', 'b: ', '\n', '\n', '[s]', '`', '"', "'", '"""', '#', ';', '\\', ' ', 'x')
    fc.assert(
      fc.property(fc.array(piece, {maxLength: 25}), pieces => {
        const text = pieces.join('')
        const expected = readOrRefuse(text)
        const {sections, problems} = readIni(text)
        expect(problems.length > 0).toBe(expected === undefined)
        if (!expected) return
        for (const [section, keys] of expected) expect(sections.get(section === 'DEFAULT' ? '' : section)).toEqual(keys)
      }),
      {numRuns: 1500},
    )
  })
})

function readOrRefuse(text: string) {
  try {
    return readGrafanaIni(text)
  } catch {
    return undefined
  }
}
