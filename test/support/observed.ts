import type {NodeFact} from '../../src/lib/facts/node-fact.ts'
import {nodeScript} from '../../src/lib/facts/node-script.ts'
import type {Cluster} from '../../src/lib/model/cluster.ts'
import {given} from '../../src/lib/model/given.ts'
import type {Node} from '../../src/lib/model/node.ts'
import type {Observation} from '../../src/lib/model/observation.ts'
import {aCluster, aNode} from './a-cluster.ts'
import {LocalHost} from './local-host.ts'

export interface AskedOf {
  readonly cluster?: Cluster
  readonly node?: Node
  readonly files?: readonly string[]
  readonly plugins?: readonly string[]
  /** Folder of programs that stand for the machine's own. */
  readonly programs?: string
}

/** What one fact makes of this machine, asked by a real shell. */
export async function askHere<T>(fact: NodeFact<T>, asked: AskedOf = {}): Promise<Observation<T>> {
  const path = process.env['PATH'] ?? ''
  const host = new LocalHost('local', {PATH: asked.programs ? `${asked.programs}:${path}` : path})
  const {cluster = aCluster(), node = aNode(), files = [], plugins} = asked
  const {records, whole, complaint} = await host.run(nodeScript([fact], {cluster, node, files, ...given({plugins})}))
  if (!whole) throw new Error(`the script broke off: ${complaint}`)
  return fact.read(records)
}

/** What a fact makes of records, without a shell. */
export function recordsOf(records: Readonly<Record<string, string | readonly string[]>>) {
  return new Map(Object.entries(records).map(([key, value]) => [key, typeof value === 'string' ? [value] : value]))
}
