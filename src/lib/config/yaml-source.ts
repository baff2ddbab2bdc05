import {
  type Document,
  isAlias,
  isMap as isMapNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLError,
} from 'yaml'
import type {Finding, Path} from './problem.ts'

const MAX_BYTES = 1024 * 1024
const MAX_ALIASES = 100
const MAX_SHOWN = 20
const MAX_REPAIRS = 20

export interface Place {
  readonly line: number
  readonly column: number
}

export interface Source {
  /** Undefined where the text is no YAML at all. */
  readonly value: unknown
  readonly problems: readonly (Place & {readonly text: string})[]
  /** Where a path stands, or its nearest parent. */
  placeOf(finding: Pick<Finding, 'path' | 'at'>): Place
}

/** YAML text → plain values that know their places. */
export function readYaml(text: string): Source {
  if (Buffer.byteLength(text) > MAX_BYTES) return unreadable('is larger than 1 MiB: this is no cluster file')
  if (text.trim() === '') return unreadable('is empty; `gha init` writes a first one')
  const lines = new LineCounter()
  try {
    const {document, references} = parseRepaired(text, lines)
    const problems = [
      ...references.map(offset => ({...place(lines, offset), text: UNQUOTED})),
      ...mistakes(document, lines),
    ]
    return {value: plain(document), problems, placeOf: finding => place(lines, offsetOf(document, finding))}
  } catch (error) {
    return unreadable(refusal(error))
  }
}

const UNQUOTED =
  'an unquoted ${…} inside { } or [ ] is no YAML: put it in quotes, "${…}", or write the map on lines of its own'

interface Parsed {
  readonly document: Document.Parsed
  /** Offsets of references that had to be masked. */
  readonly references: readonly number[]
}

/** An unquoted `${…}` in a flow map spoils all that follows: it is masked, so that the other mistakes show too. */
function parseRepaired(text: string, lines: LineCounter): Parsed {
  const references: number[] = []
  let repaired = text
  let document = parse(repaired, lines)
  while (references.length < MAX_REPAIRS) {
    const offset = unquotedReference(document, repaired)
    if (offset === undefined) break
    references.push(offset)
    repaired = masked(repaired, offset)
    document = parse(repaired, new LineCounter())
  }
  return {document, references}
}

function parse(text: string, lineCounter: LineCounter): Document.Parsed {
  return parseDocument(text, {lineCounter, prettyErrors: false, merge: true, logLevel: 'silent'})
}

function unquotedReference(document: Document.Parsed, text: string): number | undefined {
  const offsets = document.errors.map(error => error.pos[0])
  return offsets
    .map(offset => (text[offset] === '{' ? offset - 1 : offset))
    .find(offset => text.startsWith('${', offset))
}

/** The same length, so that every place stays. */
function masked(text: string, start: number): string {
  const end = endOfReference(text, start)
  return text.slice(0, start) + '_'.repeat(end - start) + text.slice(end)
}

function endOfReference(text: string, start: number): number {
  let depth = 0
  for (let index = start; index < text.length && text[index] !== '\n'; index++) {
    if (text[index] === '{') depth++
    if (text[index] === '}' && --depth === 0) return index + 1
  }
  return start + 2
}

function mistakes(document: Document.Parsed, lines: LineCounter): (Place & {text: string})[] {
  const errors = [...document.errors].sort((a, b) => a.pos[0] - b.pos[0])
  const seen = new Set<number>()
  const shown = errors.flatMap(error => {
    const found = {...place(lines, error.pos[0]), text: inWords(error)}
    // One slip makes several errors on its line: the first says it.
    if (seen.has(found.line)) return []
    seen.add(found.line)
    return [found]
  })
  return shown.slice(0, MAX_SHOWN)
}

function inWords(error: YAMLError): string {
  if (error.code === 'TAB_AS_INDENT') return 'a tab cannot indent YAML: use spaces'
  if (error.code === 'DUPLICATE_KEY') return 'this key stands twice in one map'
  if (error.code === 'MULTIPLE_DOCS') return 'a second document starts here: one file holds one cluster'
  return `no valid YAML: ${error.message.charAt(0).toLowerCase()}${error.message.slice(1)}`
}

function plain(document: Document.Parsed): unknown {
  return document.toJS({maxAliasCount: MAX_ALIASES})
}

function refusal(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof RangeError) return 'is nested too deeply: this is no cluster file'
  if (message.includes('alias count')) return 'repeats its anchors too often: this is no cluster file'
  return `no valid YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`
}

function unreadable(text: string): Source {
  const start = {line: 1, column: 1}
  return {value: undefined, problems: [{...start, text}], placeOf: () => start}
}

function place(lines: LineCounter, offset: number): Place {
  const {line, col} = lines.linePos(offset)
  return {line: Math.max(line, 1), column: Math.max(col, 1)}
}

function offsetOf(document: Document.Parsed, {path, at}: Pick<Finding, 'path' | 'at'>): number {
  let node: Node | null | undefined = document.contents
  let offset = startOf(node) ?? 0
  for (const [depth, key] of path.entries()) {
    const step = descend(resolved(document, node), key)
    if (!step) return offset
    const wantsKey = at === 'key' && depth === path.length - 1
    offset = (wantsKey ? step.key : valueStart(step)) ?? step.key ?? offset
    node = step.value
    if (depth < path.length - 1 && step.key !== undefined) offset = step.key
  }
  return offset
}

interface Step {
  readonly key: number | undefined
  readonly value: Node | null
}

function descend(node: Node | null | undefined, key: Path[number]): Step | undefined {
  if (isSeq<Node>(node)) {
    const item = node.items[Number(key)]
    return item ? {key: startOf(item), value: item} : undefined
  }
  if (!isMapNode<Node, Node | null>(node)) return
  const pair = node.items.find(item => isScalar(item.key) && String(item.key.value) === String(key))
  return pair ? {key: startOf(pair.key), value: pair.value} : undefined
}

/** A nested block is shown at its key: its value starts on another line. */
function valueStart({key, value}: Step): number | undefined {
  const flow = (isMapNode(value) || isSeq(value)) && value.flow !== true
  return flow ? (key ?? startOf(value)) : startOf(value)
}

function resolved(document: Document.Parsed, node: Node | null | undefined): Node | null | undefined {
  return isAlias(node) ? node.resolve(document) : node
}

function startOf(node: Node | null | undefined): number | undefined {
  return node?.range?.[0]
}
