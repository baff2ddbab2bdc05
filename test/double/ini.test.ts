import {describe, expect, it} from 'vitest'
import {readGrafanaIni} from './ini.ts'

const value = (line: string) => readGrafanaIni(`[s]\nk = ${line}`).get('s')?.get('k')

describe('the ini parser', () => {
  it.each([
    ['cuts at an unquoted #', 'a#b', 'a'],
    ['cuts at an unquoted ;', 'a;b', 'a'],
    ['cuts inside double quotes and then keeps the lone quote', '"quoted#hash"', '"quoted'],
    ['cuts inside single quotes', "'a;b'", "'a"],
    ['strips a surrounding pair of double quotes', '"a b"', 'a b'],
    ['strips a surrounding pair of single quotes', "'a b'", 'a b'],
    ['keeps quotes when the same quote occurs inside', '"a"b"', '"a"b"'],
    ['strips double quotes around single quotes', `"it's"`, `it's`],
    ['takes a backtick literal whole', '`a#;"\'\\b`', 'a#;"\'\\b'],
    ['ends a backtick literal at the last backtick', '`a`b` # c', 'a`b'],
    ['keeps blanks of a backtick literal', '`  a  `', '  a  '],
    ['takes a triple-quoted value whole', '"""p#;w`d"q"""', 'p#;w`d"q'],
    ['reads an empty backtick literal as empty', '``', ''],
    ['splits at the first delimiter only', 'y : z = w', 'y : z = w'],
    ['trims blanks on both sides', '   a b   ', 'a b'],
    ['leaves a lone dollar sign', 'pre$post', 'pre$post'],
    ['keeps a backslash inside', 'a\\b', 'a\\b'],
    ['joins the next line after a trailing backslash', 'a\\\n  b', 'ab'],
    ['joins several lines', 'a\\\nb\\\nc', 'abc'],
    ['does not cut comments from joined lines', 'a\\\nb#c', 'ab#c'],
    ['ends a join at a blank line', 'a\\\n\nx = y', 'a'],
    ['reads a multi-line backtick literal', '`one\ntwo`', 'one\ntwo'],
    ['reads a multi-line triple-quoted value', '"""one\ntwo"""', 'one\ntwo'],
    ['reads nothing as empty', '', ''],
    ['reads a comment alone as empty', '# nothing', ''],
  ])('%s', (_title, line, wanted) => {
    expect(value(line)).toBe(wanted)
  })

  it('takes : as a delimiter too, whichever comes first', () => {
    expect(readGrafanaIni('a: b = c').get('DEFAULT')?.get('a')).toBe('b = c')
  })

  it('merges a section that comes twice, and the last of two equal keys wins', () => {
    const ini = readGrafanaIni('[a]\nx = 1\ny = 1\n[b]\n[a]\nx = 2\n')
    expect(Object.fromEntries(ini.get('a') ?? [])).toEqual({x: '2', y: '1'})
  })

  it('tells sections and keys apart by case', () => {
    const ini = readGrafanaIni('[a]\nx = 1\nX = 2\n[A]\nx = 3\n')
    expect([ini.get('a')?.get('x'), ini.get('a')?.get('X'), ini.get('A')?.get('x')]).toEqual(['1', '2', '3'])
  })

  it('puts keys above the first header into DEFAULT', () => {
    expect(readGrafanaIni('instance_name = gf1\n[a]\n').get('DEFAULT')?.get('instance_name')).toBe('gf1')
  })

  it('accepts a byte order mark and Windows line ends', () => {
    expect(readGrafanaIni('\ufeff[s]\r\nk = v\r\n').get('s')?.get('k')).toBe('v')
  })

  it('numbers keys named - from 1 in each section', () => {
    const ini = readGrafanaIni('[a]\n- = x\n- = y\n[b]\n- = z\n')
    expect([...(ini.get('a') ?? []), ...(ini.get('b') ?? [])]).toEqual([
      ['#1', 'x'],
      ['#2', 'y'],
      ['#1', 'z'],
    ])
  })

  it.each([
    ['a line without a delimiter', 'no delimiter', /key-value delimiter not found/],
    ['a section that is not closed', '[s', /unclosed section/],
    ['a section without a name', '[]', /empty section name/],
    ['a key without a name', '= v', /empty key name/],
    ['a backtick that is not closed', '[s]\nk = `a\nb', /missing closing key quote/],
    ['triple quotes that are not closed', '[s]\nk = """a\nb', /missing closing key quote/],
  ])('refuses %s', (_title, text, message) => {
    expect(() => readGrafanaIni(text)).toThrow(message)
  })
})
