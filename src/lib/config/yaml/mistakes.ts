import {type Alias, type Document, isScalar, type Scalar, visit, type YAMLError} from 'yaml'

const MAX_TOLD = 20

export interface Mistake {
  readonly offset: number
  readonly text: string
  /** The values cannot be trusted any more. */
  readonly fatal: boolean
}

/** What is wrong with the YAML itself; one slip makes several errors, of which the first says it. */
export function mistakesIn(document: Document.Parsed): readonly Mistake[] {
  const errors = [...document.errors].sort((a, b) => a.pos[0] - b.pos[0])
  const tabs = errors.filter(error => error.code === 'TAB_AS_INDENT')
  const told = (tabs.length > 0 ? tabs : errors.slice(0, 1)).map(error => inWords(error, document))
  return [...told, ...(errors.length === 0 ? [...unknownAnchors(document), ...twinKeys(document)] : [])].slice(
    0,
    MAX_TOLD,
  )
}

function inWords(error: YAMLError, document: Document.Parsed): Mistake {
  const offset = error.pos[0]
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return {offset, text: 'a tab cannot indent YAML: use spaces', fatal: true}
    case 'RESOURCE_EXHAUSTION':
      return {offset: 0, text: 'is nested too deeply: this is no cluster file', fatal: true}
    case 'MULTIPLE_DOCS':
      return {offset, text: 'a second document starts here: one file holds one cluster', fatal: true}
    case 'MISSING_CHAR':
      if (!error.message.includes('quote')) break
      return {offset: openQuote(document, offset), text: 'this quote is never closed', fatal: true}
  }
  return {offset, text: `no valid YAML: ${error.message.charAt(0).toLowerCase()}${error.message.slice(1)}`, fatal: true}
}

/** The parser notices at the end what began at the scalar's start. */
function openQuote(document: Document.Parsed, end: number): number {
  let start = end
  visit(document, {
    Scalar(_, {type, range}: Scalar) {
      if (range && type?.startsWith('QUOTE') && range[0] < end) start = range[0]
    },
  })
  return start
}

function unknownAnchors(document: Document.Parsed): readonly Mistake[] {
  const mistakes: Mistake[] = []
  visit(document, {
    Alias(_, alias: Alias) {
      if (alias.resolve(document)) return
      mistakes.push({offset: alias.range?.[0] ?? 0, text: `no anchor &${alias.source} stands before this`, fatal: true})
    },
  })
  return mistakes
}

function twinKeys(document: Document.Parsed): readonly Mistake[] {
  const mistakes: Mistake[] = []
  visit(document, {
    Map(_, {items}) {
      const seen = new Set<string>()
      for (const {key} of items) {
        if (!isScalar(key)) continue
        const name = String(key.value)
        if (seen.has(name))
          mistakes.push({offset: key.range?.[0] ?? 0, text: `${name} stands twice in one map`, fatal: false})
        seen.add(name)
      }
    },
  })
  return mistakes
}
