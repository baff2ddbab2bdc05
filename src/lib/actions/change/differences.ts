import {structuredPatch} from 'diff'
import {isBeginning, readFiles} from '../../host/read-files.ts'
import type {Cluster} from '../../model/cluster.ts'
import {balancerHosts} from '../../model/load-balancer.ts'
import {nodesOf, type Plan} from '../../plan/plan.ts'
import type {Ports} from '../../ports/ports.ts'
import {hiddenKeys, redactText} from '../../render/redact-text.ts'
import type {RenderedFile} from '../../render/rendered-file.ts'
import {REMOVED, type ShownDifference} from '../../report/difference.ts'

export interface PlannedFiles {
  readonly plan: Plan
  readonly filesOf: (node: string) => readonly RenderedFile[]
  readonly balancerFiles: readonly RenderedFile[]
}

/** Nobody reads on after so many. */
const MOST_LINES = {create: 40, update: 400, remove: 40} as const

interface Changing {
  readonly path: string
  readonly change: string
  /** A folder, told by its versions. */
  readonly plugin?: unknown
}

export async function differencesOf(
  cluster: Cluster,
  {hosts}: Pick<Ports, 'hosts'>,
  {plan, filesOf, balancerFiles}: PlannedFiles,
): Promise<readonly ShownDifference[]> {
  const balancers = balancerHosts(cluster.loadBalancer)
  const perHost = [
    ...balancers.map(({name}) => ({
      name,
      changes: plan.balancerFiles.filter(({balancer}) => balancer === name),
      files: balancerFiles,
    })),
    ...nodesOf(plan).map(({node, changes}) => ({name: node, changes, files: filesOf(node)})),
  ].map(async ({name, changes, files}) => {
    const target = [...balancers, ...cluster.nodes].find(candidate => candidate.name === name)
    const removed = pathsOf(changes, 'remove')
    const there = [...pathsOf(changes, 'update'), ...removed]
    const live =
      target && there.length > 0 ? await (await hosts.connect(name, target.ssh)).run(readFiles(there)) : new Map()
    const created = new Set(pathsOf(changes, 'create'))
    const wished = files.flatMap(file => {
      if (created.has(file.path)) return [newFile(name, file)]
      return live.has(file.path) ? [difference(name, file, live.get(file.path) ?? '')] : []
    })
    return [...wished, ...removed.map(path => removedFile(name, path, live.get(path) ?? ''))]
  })
  return (await Promise.all(perHost)).flat()
}

function pathsOf(changes: readonly Changing[], wanted: string): readonly string[] {
  return changes.filter(({change, plugin}) => change === wanted && !plugin).map(({path}) => path)
}

function newFile(node: string, {path, redacted}: RenderedFile): ShownDifference {
  const lines = linesOf('+', redactText(path, redacted))
  return shortened({node, path, lines, note: 'new file'}, MOST_LINES.create)
}

/** Which keys of an ini file are secrets was told by a gha.yaml that is no more: all of them may be. */
function removedFile(node: string, path: string, live: string): ShownDifference {
  const isIni = path.endsWith('.ini')
  const lines = linesOf('-', redactText(path, live, {also: () => isIni}))
  return shortened({node, path, lines, note: REMOVED}, MOST_LINES.remove)
}

function linesOf(sign: '+' | '-', text: string): readonly string[] {
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map(line => `${sign}${line}`)
}

function difference(node: string, file: RenderedFile, live: string): ShownDifference {
  const [before, after] = shownTexts(file, live)
  const cut = isBeginning(live)
  const lines = cut ? changedBeginning(before, after) : changedLines(before, after)
  const note = cut ? {note: 'its beginning'} : lines.length === 0 ? {note: 'a secret in it changes'} : {}
  return shortened({node, path: file.path, lines, ...note}, MOST_LINES.update)
}

/** What follows its last whole line is in the other text alone. */
function changedBeginning(before: string, after: string): readonly string[] {
  const lines = changedLines(before.slice(0, before.lastIndexOf('\n') + 1), after)
  const known = lines.slice(0, lines.findLastIndex(line => !line.startsWith('+')) + 1)
  const last = known.findLastIndex(line => !line.startsWith(' '))
  return last < 0 ? [] : known.slice(0, last + 1 + CONTEXT)
}

function shortened(whole: ShownDifference, most: number): ShownDifference {
  const {lines} = whole
  return lines.length <= most ? whole : {...whole, lines: lines.slice(0, most), omitted: lines.length - most}
}

/** Both texts without their secrets; one that differs says so in both. */
function shownTexts({path, content, redacted}: RenderedFile, live: string): readonly [string, string] {
  const also = hiddenKeys(redacted)
  const now = content.reveal()
  // What only its author knows to be a secret cannot be found in another text: then both are shown as gha would show its own.
  if (redactText(path, now, {also}) !== redactText(path, redacted, {also})) {
    return [redacted === '[secret]' ? redacted : redactText(path, live, {also}), redactText(path, redacted, {also})]
  }
  const [old, fresh] = [secretsIn(path, live, also), secretsIn(path, now, also)]
  return [
    redactText(path, live, {also, hide: value => (fresh.has(value) ? '[secret]' : '[old secret]')}),
    redactText(path, now, {also, hide: value => (old.has(value) ? '[secret]' : '[new secret]')}),
  ]
}

function secretsIn(path: string, text: string, also: ReturnType<typeof hiddenKeys>): ReadonlySet<string> {
  const found = new Set<string>()
  const hide = (value: string) => {
    found.add(value)
    return '[secret]'
  }
  redactText(path, text, {also, hide})
  return found
}

/** Lines shown around a change. */
const CONTEXT = 2

export function changedLines(before: string, after: string): readonly string[] {
  return structuredPatch('before', 'after', before, after, '', '', {context: CONTEXT}).hunks.flatMap(({lines}) =>
    lines.filter(line => !line.startsWith('\\')),
  )
}
