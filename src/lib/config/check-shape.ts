import type {core} from 'zod'
import {textAt, valueAt} from './at.ts'
import {nearest} from './nearest.ts'
import type {Diagnostic, Path} from './problem.ts'
import {type ClusterInput, clusterSchema} from './schema/cluster.ts'
import {diagnosticsOf} from './schema-diagnostics.ts'

export type Shape =
  | {readonly right: true; readonly input: ClusterInput}
  | {readonly right: false; readonly diagnostics: readonly Diagnostic[]}

const MAX_GUESSES = 8
/** Compiling a parser takes longer than one parse of a file. */
const ONCE = {jitless: true}

/** Holds the file to the schema. A wrong `type`, `mode` or `method` would hide what else is wrong beside it: it is guessed, and looked again. */
export function checkShape(root: unknown): Shape {
  const parsed = clusterSchema.safeParse(root, ONCE)
  if (parsed.success) return {right: true, input: parsed.data}
  return {right: false, diagnostics: withGuesses(root, parsed.error.issues)}
}

function withGuesses(root: unknown, issues: readonly core.$ZodIssue[]): readonly Diagnostic[] {
  const diagnostics = new Map<string, Diagnostic>()
  let guessed = root
  let left = issues
  for (let round = 0; round < MAX_GUESSES; round++) {
    for (const diagnostic of left.flatMap(issue => diagnosticsOf(issue, guessed))) {
      diagnostics.set(`${diagnostic.path.join('/')} ${diagnostic.text}`, diagnostic)
    }
    const next = left.map(issue => guess(guessed, issue)).find(better => better !== undefined)
    if (next === undefined) break
    guessed = next
    left = clusterSchema.safeParse(guessed, ONCE).error?.issues ?? []
  }
  return [...diagnostics.values()]
}

/** The file with the nearest right word in the place of a wrong one. */
function guess(root: unknown, issue: core.$ZodIssue): unknown {
  const options = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : []
  const meant = nearest(textAt(root, issue.path as Path) ?? '', options)
  if (meant === undefined) return
  const copy = structuredClone(root)
  Object.assign(valueAt(copy, issue.path.slice(0, -1) as Path) as object, {[String(issue.path.at(-1))]: meant})
  return copy
}
