import type {Frontend, Test} from './config.ts'
import type {Pool} from './pool.ts'

/** Where a frontend sends a path: the first rule that holds, else its default. */
export function route(frontend: Frontend, path: string, pools: readonly Pool[]): Pool | undefined {
  const holds = (test: Test) => holdsTest(test, path, pools)
  const chosen = frontend.rules.find(({sense, condition}) => {
    const isTrue = alternatives(condition).some(terms => terms.every(term => holdsTerm(term, frontend, holds)))
    return sense === 'if' ? isTrue : !isTrue
  })
  const name = chosen?.backend ?? frontend.defaultBackend
  return pools.find(pool => pool.name === name)
}

interface Term {
  readonly isNegated: boolean
  /** The name of an acl, or the words between braces. */
  readonly acl: string | Test
}

/** `a !b or { path /x }` → alternatives of terms that must all hold. */
function alternatives(condition: readonly string[]): readonly (readonly Term[])[] {
  const parts = condition.join(' ').split(/ (?:or|\|\|) /)
  return parts.map(part => Array.from(part.matchAll(/(!?)\s*(?:\{([^}]*)\}|([^\s!]+))/g), readTerm))
}

function readTerm([, negation, words, name]: RegExpMatchArray): Term {
  return {isNegated: negation === '!', acl: name ?? (words ?? '').trim().split(/\s+/)}
}

function holdsTerm({isNegated, acl}: Term, {acls}: Frontend, holds: (test: Test) => boolean): boolean {
  const tests = typeof acl === 'string' ? (acls.get(acl) ?? []) : [acl]
  return tests.some(holds) !== isNegated
}

function holdsTest([fetch = '', ...words]: Test, path: string, pools: readonly Pool[]): boolean {
  const asked = path.split('?')[0] ?? ''
  const values = words.filter(word => !word.startsWith('-'))
  const counted = /^nbsrv\((.*)\)$/.exec(fetch)?.[1]
  if (counted !== undefined) {
    const usable = pools.find(pool => pool.name === counted)?.servers.filter(server => server.takesNew).length ?? 0
    return compare(usable, values)
  }
  if (fetch === 'path_beg') return values.some(value => asked.startsWith(value))
  if (fetch === 'path_end') return values.some(value => asked.endsWith(value))
  if (fetch === 'path')
    return words.includes('beg') ? values.some(value => asked.startsWith(value)) : values.includes(asked)
  return false
}

function compare(number: number, [operator = '0', value]: readonly string[]): boolean {
  if (value === undefined) return number === Number(operator)
  const limit = Number(value)
  const outcomes: Readonly<Record<string, boolean>> = {
    eq: number === limit,
    lt: number < limit,
    le: number <= limit,
    gt: number > limit,
    ge: number >= limit,
  }
  return outcomes[operator] ?? false
}
