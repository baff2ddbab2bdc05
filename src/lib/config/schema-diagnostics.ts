import type {core} from 'zod'
import {isMap, valueAt} from './at.ts'
import {didYouMean} from './nearest.ts'
import type {Diagnostic, Path} from './problem.ts'
import {keysAt} from './schema/keys-at.ts'

const SQLITE = 'SQLite cannot be shared by several nodes: high availability needs postgres or mysql'

/** zod's issue as diagnostics in the words of an operator. */
export function diagnosticsOf(issue: core.$ZodIssue, root: unknown): readonly Diagnostic[] {
  const path = issue.path as Path
  if (issue.code === 'unrecognized_keys') return issue.keys.map(key => unknownKey([...path, key], root))
  if (issue.code === 'invalid_key') return [{path, text: issue.issues[0]?.message ?? 'is no valid name', at: 'key'}]
  return [{path, text: inWords(issue, valueAt(root, path))}]
}

function unknownKey(path: Path, root: unknown): Diagnostic {
  const key = String(path.at(-1))
  const known = keysAt(path.slice(0, -1), root)
  const place = known.length > 0 ? ` (known here: ${known.join(', ')})` : ''
  return {path, at: 'key', text: `is no key of gha.yaml${didYouMean(key, known) || place}`}
}

function inWords(issue: core.$ZodIssue, value: unknown): string {
  if (value === undefined) return missing(issue)
  if (value === null) return 'has no value'
  switch (issue.code) {
    case 'invalid_type':
      return `${wanted(issue)}, not ${kindOf(value)}${advice(issue, value)}`
    case 'invalid_value':
      return oneOf(issue.values, value)
    case 'invalid_union':
      return 'note' in issue ? discriminator(issue, value) : issue.message
    case 'too_small':
      return issue.origin === 'array' || issue.origin === 'string' ? 'is empty' : `must be at least ${issue.minimum}`
    case 'too_big':
      return own(issue) ?? `must be at most ${issue.maximum}`
    default:
      return issue.message
  }
}

function missing(issue: core.$ZodIssue): string {
  if (issue.code === 'invalid_union' && 'note' in issue) return `is missing: ${choice(optionsOf(issue))}`
  if (issue.code === 'invalid_value') return `is missing: ${choice(issue.values)}`
  return 'is missing'
}

function discriminator(issue: core.$ZodIssue, value: unknown): string {
  if (issue.path.join('/') === 'database/type' && /^sqlite/i.test(String(value))) return SQLITE
  return oneOf(optionsOf(issue), value)
}

function optionsOf(issue: core.$ZodIssue): readonly unknown[] {
  return 'options' in issue && Array.isArray(issue.options) ? issue.options : []
}

function oneOf(values: readonly unknown[], value: unknown): string {
  return `${choice(values)}, not ${JSON.stringify(value)}${values.length > 1 ? didYouMean(String(value), values.map(String)) : ''}`
}

function choice(values: readonly unknown[]): string {
  const words = values.map(String)
  return words.length < 3 ? `must be ${words.join(' or ')}` : `must be one of ${words.join(', ')}`
}

function wanted(issue: core.$ZodIssueInvalidType): string {
  return own(issue) ?? `must be ${KINDS[issue.expected] ?? issue.expected}`
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  object: 'a map',
  record: 'a map',
  array: 'a list',
  boolean: 'true or false',
  number: 'a number',
  int: 'a whole number',
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (isMap(value)) return 'a map'
  return `the ${typeof value === 'string' ? 'text' : typeof value} ${JSON.stringify(value)}`
}

/** The words that the schema itself has for it, if any. */
function own({message}: core.$ZodIssue): string | undefined {
  return message.startsWith('must ') ? message : undefined
}

/** Only where any text would do: a number where a duration is wanted is not helped by quotes. */
function advice(issue: core.$ZodIssueInvalidType, value: unknown): string {
  const quotable = typeof value === 'number' || typeof value === 'boolean'
  return issue.expected === 'string' && own(issue) === undefined && quotable ? ': put it in quotes' : ''
}
