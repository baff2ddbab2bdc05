import {type Document, LineCounter, parseDocument} from 'yaml'

const MAX_REPAIRS = 10
/** Each repair reads the text once more. */
const MAX_REPAIRED_LENGTH = 32 * 1024

export interface Repaired {
  readonly document: Document.Parsed
  /** Offsets of the references that had to be masked. */
  readonly references: readonly number[]
}

/** An unquoted `${…}` in a flow map spoils all that follows: it is masked, so that the other mistakes show too. */
export function parseRepaired(text: string, lines: LineCounter): Repaired {
  const references: number[] = []
  let repaired = text
  let document = parse(repaired, lines)
  while (references.length < MAX_REPAIRS) {
    const offset = unquotedReference(document, repaired)
    if (offset === undefined) break
    references.push(offset)
    if (text.length > MAX_REPAIRED_LENGTH) break
    repaired = masked(repaired, offset)
    document = parse(repaired, new LineCounter())
  }
  return {document, references}
}

function parse(text: string, lineCounter: LineCounter): Document.Parsed {
  // The parser's own search for twin keys takes the square of their number.
  return parseDocument(text, {lineCounter, prettyErrors: false, merge: true, uniqueKeys: false})
}

function unquotedReference(document: Document.Parsed, text: string): number | undefined {
  return document.errors
    .map(({pos: [offset]}) => (text[offset] === '{' ? offset - 1 : offset))
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
