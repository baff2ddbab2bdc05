import {trimAsGo, trimStartAsGo} from './go-space.ts'

/** What an existing file says, before Grafana expands anything. */
export interface IniFile {
  /** Section → key → value; the header-less section is `''`. A later value of the same key wins. */
  readonly sections: ReadonlyMap<string, ReadonlyMap<string, string>>
  /** Lines that make Grafana refuse the file. */
  readonly problems: readonly IniProblem[]
}

export interface IniProblem {
  /** Counted from 1. */
  readonly line: number
  readonly reason: string
}

/** Reads a file as Grafana's parser does: inline comments cut anywhere, backticks and triple quotes hold. */
export function readIni(text: string): IniFile {
  const lines = text.replace(/^\uFEFF/, '').split('\n')
  const sections = new Map<string, Map<string, string>>([['', new Map()]])
  const problems: IniProblem[] = []
  let current = sections.get('') as Map<string, string>
  for (let index = 0; index < lines.length; ) {
    const line = trimStartAsGo(lines[index] ?? '')
    const entry = readLine(line, lines.slice(index + 1, index + 1 + MOST_LINES_OF_A_VALUE))
    switch (entry.kind) {
      case 'blank':
        break
      case 'section':
        current = sections.get(entry.name) ?? new Map()
        sections.set(entry.name, current)
        break
      case 'key':
        current.set(entry.name, entry.value)
        break
      case 'problem':
        problems.push({line: index + 1, reason: entry.reason})
    }
    index += entry.lines
  }
  return {sections, problems}
}

/** The value as Grafana finds it: the section's own, or that of the section it is a child of. */
export function iniValue(file: IniFile, section: string, key: string): string | undefined {
  for (let name = section; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('.')))) {
    const value = file.sections.get(name)?.get(key)
    if (value !== undefined) return value
  }
  return section === '' ? file.sections.get('')?.get(key) : undefined
}

const MOST_LINES_OF_A_VALUE = 2000

type Entry = {readonly lines: number} & (
  | {readonly kind: 'blank'}
  | {readonly kind: 'section'; readonly name: string}
  | {readonly kind: 'key'; readonly name: string; readonly value: string}
  | {readonly kind: 'problem'; readonly reason: string}
)

function readLine(line: string, following: readonly string[]): Entry {
  if (line === '' || line.startsWith('#') || line.startsWith(';')) return {kind: 'blank', lines: 1}
  if (line.startsWith('[')) return readHeader(line)
  const key = readKey(line)
  if (!key) return {kind: 'problem', reason: 'there is no = on the line', lines: 1}
  if (key.name === '') return {kind: 'problem', reason: 'there is no name before the =', lines: 1}
  const value = readValue(trimStartAsGo(key.rest), following)
  return 'reason' in value ? {kind: 'problem', ...value} : {kind: 'key', name: key.name, ...value}
}

/** The name may stand in quotes; the first `=` or `:` behind it ends it. */
function readKey(line: string): {readonly name: string; readonly rest: string} | undefined {
  const mark = /^(?:"""|"|`)/.exec(line)?.[0] ?? ''
  const close = mark === '' ? 0 : line.indexOf(mark, mark.length)
  if (close < 0) return undefined
  const delimiter = /[=:]/.exec(line.slice(close))
  if (!delimiter) return undefined
  const end = close + delimiter.index
  return {name: trimAsGo(line.slice(mark.length, mark === '' ? end : close)), rest: line.slice(end + 1)}
}

function readHeader(line: string): Entry {
  const end = line.lastIndexOf(']')
  if (end < 0) return {kind: 'problem', reason: 'the section header has no ]', lines: 1}
  const name = line.slice(1, end)
  if (name === '') return {kind: 'problem', reason: 'the section has no name', lines: 1}
  return {kind: 'section', name: name === 'DEFAULT' ? '' : name, lines: 1}
}

type Value = {readonly value: string; readonly lines: number} | {readonly reason: string; readonly lines: number}

function readValue(text: string, following: readonly string[]): Value {
  if (text.startsWith('"""') && (text.length > 3 || following.length > 0)) return readLiteral(text, '"""', following)
  if (text.startsWith('`')) return readLiteral(text, '`', following)
  const trimmed = trimAsGo(text)
  if (trimmed.endsWith('\\')) return readContinued(trimmed.slice(0, -1), following)
  const uncommented = trimAsGo(trimmed.replace(/[#;].*$/s, ''))
  return {value: withoutQuotes(uncommented), lines: 1}
}

/** From the opening mark to the last closing one on the line that has one. */
function readLiteral(text: string, mark: string, following: readonly string[]): Value {
  const first = text.slice(mark.length)
  const close = first.lastIndexOf(mark)
  if (close >= 0) return {value: first.slice(0, close), lines: 1}
  const last = following.findIndex(line => line.includes(mark))
  const lastLine = following[last]
  if (lastLine === undefined) return {reason: `the closing ${mark} is missing`, lines: 1}
  const value = [first, ...following.slice(0, last), lastLine.slice(0, lastLine.lastIndexOf(mark))].join('\n')
  return {value, lines: last + 2}
}

function readContinued(first: string, following: readonly string[]): Value {
  let value = first
  for (const [index, line] of following.entries()) {
    const next = trimAsGo(line)
    if (next === '') return {value, lines: index + 2}
    value += next.endsWith('\\') ? next.slice(0, -1) : next
    if (!next.endsWith('\\')) return {value, lines: index + 2}
  }
  return {value, lines: following.length + 1}
}

function withoutQuotes(text: string): string {
  const quote = text[0]
  const surrounded = (quote === '"' || quote === "'") && text.length >= 2 && text.indexOf(quote, 1) === text.length - 1
  return surrounded ? text.slice(1, -1) : text
}
