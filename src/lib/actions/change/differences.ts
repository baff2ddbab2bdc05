import {structuredPatch} from 'diff'
import {readFiles} from '../../host/read-files.ts'
import type {Cluster} from '../../model/cluster.ts'
import {nodesOf, type Plan} from '../../plan/plan.ts'
import type {Ports} from '../../ports/ports.ts'
import {redactText} from '../../render/redact-text.ts'
import type {RenderedFile} from '../../render/rendered-file.ts'

/** What changes in one file of one node, fit to be shown: secrets are gone, but a changed one is told. */
export interface Difference {
  readonly node: string
  readonly path: string
  /** Lines that begin with `+`, `-` or a blank; empty where only a secret changes. */
  readonly lines: readonly string[]
  readonly note?: string
}

export async function differencesOf(
  cluster: Cluster,
  ports: Pick<Ports, 'hosts'>,
  {plan, filesOf}: {readonly plan: Plan; readonly filesOf: (node: string) => readonly RenderedFile[]},
): Promise<readonly Difference[]> {
  const perNode = nodesOf(plan).map(async ({node: name, changes}) => {
    const node = cluster.nodes.find(candidate => candidate.name === name)
    const paths = changes.filter(({change}) => change === 'update').map(({path}) => path)
    if (!node || paths.length === 0) return []
    const live = await (await ports.hosts.connect(name, node.ssh)).run(readFiles(paths))
    return filesOf(name)
      .filter(({path}) => live.has(path))
      .map(file => difference(name, file, live.get(file.path) ?? ''))
  })
  return (await Promise.all(perNode)).flat()
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
