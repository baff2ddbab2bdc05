import {type Document, LineCounter} from 'yaml'
import {messageOf} from '../../errors/message-of.ts'
import type {Diagnostic} from '../problem.ts'
import {mistakesIn} from './mistakes.ts'
import {offsetOf} from './places.ts'
import {parseRepaired} from './repair.ts'

const MAX_BYTES = 256 * 1024
const MAX_DEPTH = 100
const MAX_ALIASES = 100

const TOO_DEEP = 'is nested too deeply: this is no cluster file'
const EMPTY = 'is empty; `gha init` writes a first one'
const UNQUOTED =
  'an unquoted ${…} inside { } or [ ] is no YAML: put it in quotes, "${…}", or write the map on lines of its own'

/** Both start at 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

export interface Source {
  /** Undefined where the text cannot be understood. */
  readonly value: unknown
  readonly problems: readonly (Place & {readonly text: string})[]
  /** Where a path stands, or its nearest parent. */
  placeOf(diagnostic: Pick<Diagnostic, 'path' | 'at'>): Place
}

/** YAML text → plain values that know their places. */
export function readYaml(text: string): Source {
  if (Buffer.byteLength(text) > MAX_BYTES) return unreadable('is larger than 256 KiB: this is no cluster file')
  if (opened(text) > MAX_DEPTH) return unreadable(TOO_DEEP)
  try {
    return understood(text)
  } catch (error) {
    return unreadable(refusal(error))
  }
}

/** The most brackets open at one place, roughly: a parser's time grows with the square of it. */
function opened(text: string): number {
  let depth = 0
  let most = 0
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1
    most = Math.max(most, depth)
  }
  return most
}

function understood(text: string): Source {
  const lines = new LineCounter()
  const {document, references} = parseRepaired(text, lines)
  const mistakes = mistakesIn(document)
  if (document.contents === null && mistakes.length === 0) return unreadable(EMPTY)
  const fatal = mistakes.some(mistake => mistake.fatal)
  return {
    value: fatal ? undefined : plain(document),
    problems: [
      ...references.map(offset => ({...place(lines, offset), text: UNQUOTED})),
      ...mistakes.map(mistake => ({...place(lines, mistake.offset), text: mistake.text})),
    ],
    placeOf: diagnostic => place(lines, offsetOf(document, diagnostic)),
  }
}

/** Throws where an anchor holds itself: such a value has no end. */
function plain(document: Document.Parsed): unknown {
  const value: unknown = document.toJS({maxAliasCount: MAX_ALIASES})
  JSON.stringify(value)
  return value
}

function refusal(error: unknown): string {
  const message = messageOf(error)
  if (error instanceof RangeError) return TOO_DEEP
  if (/alias count/i.test(message)) return 'repeats its anchors too often: this is no cluster file'
  if (/circular/i.test(message)) return 'has an anchor that holds itself'
  return `no valid YAML: ${message}`
}

function unreadable(text: string): Source {
  const start = {line: 1, column: 1}
  return {value: undefined, problems: [{...start, text}], placeOf: () => start}
}

function place(lines: LineCounter, offset: number): Place {
  const {line, col} = lines.linePos(offset)
  return {line: Math.max(line, 1), column: Math.max(col, 1)}
}
