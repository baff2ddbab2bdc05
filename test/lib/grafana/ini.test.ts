import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {carrierOf, encodeIni, type IniSettings} from '../../../src/lib/grafana/ini.ts'
import {readGrafanaIni} from '../../double/ini.ts'

const literal = (text: string) => ({kind: 'literal', text}) as const
const raw = (text: string) => ({kind: 'raw', text}) as const
const written = (text: string) => {
  const carrier = carrierOf(literal(text))
  return carrier.by === 'inline' ? carrier.encoded : carrier.by
}

describe('the ini codec', () => {
  it('writes the header-less section first and nothing for an empty section', () => {
    const settings: IniSettings = {
      server: {http_port: literal('3000')},
      '': {instance_name: literal('gf1')},
      paths: {},
    }
    expect(encodeIni(settings)).toBe('instance_name = gf1\n\n[server]\nhttp_port = 3000\n')
  })

  it.each([
    ['plain', 'plain'],
    ['pre$post', 'pre$post'],
    ['https://x.example.com/a?b=c&d', 'https://x.example.com/a?b=c&d'],
    ['p#w', '`p#w`'],
    ['a;b', '`a;b`'],
    ['"quoted"', '`"quoted"`'],
    ["'quoted'", "`'quoted'`"],
    ['ends\\', '`ends\\`'],
    [' padded ', '` padded `'],
    ['`tick', '"""`tick"""'],
    ['tick`"""', 'file'],
    ['tick`"', 'file'],
    [' tick`""" ', '` tick`""" `'],
    ['two\nlines', '`two\nlines`'],
    ['two\nlines`', '"""two\nlines`"""'],
    ['${HOME}', 'file'],
    ['$__file{/etc/passwd}', 'file'],
    ['$__vault{a:b}', 'file'],
    ['', 'file'],
    [' ${HOME}', 'nothing'],
    ['a\0b', 'nothing'],
    ['\ud800', 'nothing'],
  ])('carries %j as %j', (text, expected) => {
    expect(written(text)).toBe(expected)
  })

  it('passes the expansion of a raw value through', () => {
    expect(encodeIni({smtp: {password: raw('$__file{/run/secrets/a#b}')}})).toContain('`$__file{/run/secrets/a#b}`')
  })

  it('refuses to write what cannot stand inline', () => {
    expect(() => encodeIni({a: {b: literal('${HOME}')}})).toThrow(expect.objectContaining({code: 'INI_VALUE'}))
    expect(() => encodeIni({'a]\n[b': {c: literal('x')}})).toThrow(expect.objectContaining({code: 'INI_NAME'}))
    expect(() => encodeIni({a: {'b=c\n': literal('x')}})).toThrow(expect.objectContaining({code: 'INI_NAME'}))
  })

  it.each(['x\n[server]\nhttp_port = 1', 'a`b\nhttp_port = 2', 'a\\\nhttp_port = 3'])(
    'stays one value where it is raw and of several lines: %j',
    text => {
      const read = readGrafanaIni(encodeIni({some: {key: {kind: 'raw', text}, end: literal('x')}}))
      expect([...(read.get('some') ?? [])]).toEqual([
        ['key', text],
        ['end', 'x'],
      ])
      expect(read.has('server')).toBe(false)
    },
  )

  it("is read by Grafana's rules as exactly the text, whatever the text", () => {
    fc.assert(
      fc.property(fc.array(anyText(), {minLength: 1, maxLength: 12}), texts => {
        const inline = texts.map(literal).filter(value => carrierOf(value).by === 'inline')
        const keys = Object.fromEntries(inline.map((value, index) => [`key_${index}`, value]))
        const read = readGrafanaIni(encodeIni({'': {first: literal('1')}, some: keys, last: {end: literal('x')}}))
        const wanted = new Map(Object.entries(keys).map(([key, value]) => [key, value.text]))
        expect(read.get('some') ?? new Map()).toEqual(wanted)
        expect(read.get('last')?.get('end')).toBe('x')
      }),
      {numRuns: 150},
    )
  })
})

/** Texts in which what the parser cares for is frequent. */
function anyText() {
  const pieces = fc.constantFrom(
    '`',
    '"',
    '"""',
    "'",
    '#',
    ';',
    '\\',
    '\n',
    '\r',
    ' ',
    '\t',
    '=',
    ':',
    '[',
    ']',
    '%',
    '$',
  )
  const special = fc.array(fc.oneof(pieces, fc.string({maxLength: 3})), {maxLength: 12}).map(parts => parts.join(''))
  return fc.oneof(special, fc.string({unit: 'binary'}), fc.string({unit: 'grapheme'}))
}
