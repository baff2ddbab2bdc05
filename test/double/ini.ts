/** Section → key → value, in the order of the file; keys above the first header are in `DEFAULT`. */
export type Ini = Map<string, Map<string, string>>

export const HEADERLESS = 'DEFAULT'

/** Unicode white space as Go sees it, which is not what JavaScript trims. */
const SPACE = '[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'
const LEADING = new RegExp(`^${SPACE}+`)
const TRAILING = new RegExp(`${SPACE}+$`)

/** Reads an ini file by the rules of Grafana's parser: what it throws, Grafana does not start with. */
export function readGrafanaIni(text: string): Ini {
  const lines = new Lines(text.replace(/^\ufeff/, ''))
  const ini: Ini = new Map()
  let keys = sectionOf(ini, HEADERLESS)
  let nextNumber = 1
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    const start = trimStart(line)
    if (start === '' || start[0] === '#' || start[0] === ';') continue
    if (start[0] === '[') {
      keys = sectionOf(ini, headerName(start))
      nextNumber = 1
      continue
    }
    const {name, rest} = splitKey(start)
    const key = name === '-' ? `#${nextNumber++}` : name
    if (key === '') throw new Error('error creating new key: empty key name')
    keys.set(key, readValue(rest, lines))
  }
  return ini
}

class Lines {
  private at = 0
  private readonly text: string

  constructor(text: string) {
    this.text = text
  }

  /** The next line with its line break; undefined at the end. */
  next(): string | undefined {
    if (this.at >= this.text.length) return undefined
    const end = this.text.indexOf('\n', this.at)
    const line = end === -1 ? this.text.slice(this.at) : this.text.slice(this.at, end + 1)
    this.at += line.length
    return line
  }
}

function sectionOf(ini: Ini, name: string): Map<string, string> {
  const keys = ini.get(name) ?? new Map<string, string>()
  ini.set(name, keys)
  return keys
}

function headerName(line: string): string {
  const close = line.lastIndexOf(']')
  if (close === -1) throw new Error(`unclosed section: ${line.trim()}`)
  const name = line.slice(1, close)
  if (name === '') throw new Error('empty section name')
  return name
}

function splitKey(line: string): {name: string; rest: string} {
  const quote = keyQuote(line)
  const close = quote === '' ? 0 : line.indexOf(quote, quote.length)
  if (close === -1) throw new Error(`missing closing key quote: ${line.trim()}`)
  const delimiter = line.slice(close + quote.length).search(/[=:]/)
  if (delimiter === -1) throw new Error(`key-value delimiter not found: ${line.trim()}`)
  const at = close + quote.length + delimiter
  const name = quote === '' ? line.slice(0, at) : line.slice(quote.length, close)
  return {name: trim(name), rest: line.slice(at + 1)}
}

function keyQuote(line: string): string {
  if (line.startsWith('"""') && line.length > 6) return '"""'
  return line[0] === '"' || line[0] === '`' ? line[0] : ''
}

function readValue(rest: string, lines: Lines): string {
  const line = trimStart(rest)
  if (line === '') return ''
  const quote = line.startsWith('"""') && line.length > 3 ? '"""' : line[0] === '`' ? '`' : ''
  if (quote !== '') return readLiteral(line.slice(quote.length), quote, lines)
  const value = trim(line)
  if (value.endsWith('\\')) return readContinued(value.slice(0, -1), lines)
  return unquote(cutComment(value))
}

/** A literal ends at the last closing quote of the line that has one. */
function readLiteral(start: string, quote: string, lines: Lines): string {
  const end = start.lastIndexOf(quote)
  if (end !== -1) return start.slice(0, end)
  let value = start
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    const close = line.lastIndexOf(quote)
    if (close !== -1) return value + line.slice(0, close)
    value += line
  }
  throw new Error(`missing closing key quote from "${start.trim()}"`)
}

/** Joined lines keep their comments and quotes: nothing is cut from them. */
function readContinued(start: string, lines: Lines): string {
  let value = start
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    const next = trim(line)
    if (next === '') break
    value += next
    if (!value.endsWith('\\')) break
    value = value.slice(0, -1)
  }
  return value
}

function cutComment(value: string): string {
  const at = value.search(/[#;]/)
  return at === -1 ? value : trim(value.slice(0, at))
}

function unquote(value: string): string {
  const quote = value[0]
  const surrounded =
    value.length >= 2 && (quote === '"' || quote === "'") && value.indexOf(quote, 1) === value.length - 1
  return surrounded ? value.slice(1, -1) : value
}

function trim(text: string): string {
  return trimStart(text).replace(TRAILING, '')
}

function trimStart(text: string): string {
  return text.replace(LEADING, '')
}
