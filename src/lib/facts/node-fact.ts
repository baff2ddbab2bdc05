import type {Cluster} from '../model/cluster.ts'
import type {Node} from '../model/node.ts'
import type {Observation} from '../model/observation.ts'

/** One thing to know about a node: how the shell asks for it, and how its answer is read. */
export interface NodeFact<T> {
  /** POSIX shell that changes nothing and answers through `record`, its keys after a word of its own; its variables are visible to the facts after it. */
  readonly ask: (asked: Asked) => string
  readonly read: (records: Records) => Observation<T>
}

export interface Asked {
  readonly cluster: Cluster
  readonly node: Node
  /** Absolute paths of files to look at. */
  readonly files: readonly string[]
  /** Ids of plugins to look at, besides those that the release there brought; none is looked at without it. */
  readonly plugins?: readonly string[]
}

export type Records = ReadonlyMap<string, readonly string[]>

/** Of a node's words gha takes so much: what it keeps there itself is far shorter. */
const LONGEST = 65_536

/** The record's value; undefined when it is missing or empty. */
export function textOf(records: Records, key: string): string | undefined {
  return records.get(key)?.at(-1)?.slice(0, LONGEST).trim() || undefined
}

export function numberOf(records: Records, key: string): number | undefined {
  const text = textOf(records, key)
  const value = text === undefined ? Number.NaN : Number(text)
  return Number.isFinite(value) ? value : undefined
}

/** Seconds since 1970 on the node when it began to answer; 0 where it did not tell. */
export function askedAt(records: Records): number {
  return Number(/^\d+(\.\d+)?/.exec(textOf(records, 'script.started') ?? '')?.[0] ?? 0)
}

export function linesOf(records: Records, key: string): readonly string[] {
  return (records.get(key) ?? []).flatMap(text => text.split('\n')).filter(line => line.trim() !== '')
}
