import {structuredPatch} from 'diff'
import {readFiles} from '../../host/read-files.ts'
import type {Cluster} from '../../model/cluster.ts'
import {balancerHosts} from '../../model/load-balancer.ts'
import {nodesOf, type Plan} from '../../plan/plan.ts'
import type {Ports} from '../../ports/ports.ts'
import {redactText} from '../../render/redact-text.ts'
import type {RenderedFile} from '../../render/rendered-file.ts'

/** What changes in one file of a node or of a balancer's host, fit to be shown: secrets are gone, but a changed one is told. */
export interface Difference {
  readonly node: string
  readonly path: string
  /** Lines that begin with `+`, `-` or a blank; empty where only a secret changes. */
  readonly lines: readonly string[]
  readonly note?: string
}

export interface PlannedFiles {
  readonly plan: Plan
  readonly filesOf: (node: string) => readonly RenderedFile[]
  readonly balancerFiles: readonly RenderedFile[]
}

export async function differencesOf(
  cluster: Cluster,
  {hosts}: Pick<Ports, 'hosts'>,
  {plan, filesOf, balancerFiles}: PlannedFiles,
): Promise<readonly Difference[]> {
  const balancers = balancerHosts(cluster.loadBalancer)
  const updated = (changes: readonly {readonly change: string; readonly path: string}[]) =>
    changes.filter(({change}) => change === 'update').map(({path}) => path)
  const perHost = [
    ...nodesOf(plan).map(({node, changes}) => ({name: node, paths: updated(changes), files: filesOf(node)})),
    ...balancers.map(({name}) => ({
      name,
      paths: updated(plan.balancerFiles.filter(({balancer}) => balancer === name)),
      files: balancerFiles,
    })),
  ].map(async ({name, paths, files}) => {
    const target = [...balancers, ...cluster.nodes].find(candidate => candidate.name === name)
    if (!target || paths.length === 0) return []
    const live = await (await hosts.connect(name, target.ssh)).run(readFiles(paths))
    return files.filter(({path}) => live.has(path)).map(file => difference(name, file, live.get(file.path) ?? ''))
  })
  return (await Promise.all(perHost)).flat()
}

function difference(node: string, file: RenderedFile, live: string): Difference {
  const lines = changedLines(redactText(file.path, live), redactText(file.path, file.redacted))
  return {node, path: file.path, lines, ...(lines.length === 0 ? {note: 'a secret in it changes'} : {})}
}

/** Lines of change with two lines around each. */
export function changedLines(before: string, after: string): readonly string[] {
  return structuredPatch('before', 'after', before, after, '', '', {context: 2}).hunks.flatMap(({lines}) =>
    lines.filter(line => !line.startsWith('\\')),
  )
}
