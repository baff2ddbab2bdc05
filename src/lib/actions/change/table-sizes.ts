import {messageOf} from '../../errors/message-of.ts'
import {migratedTables} from '../../grafana/migrated-tables.ts'
import type {Cluster} from '../../model/cluster.ts'
import {known, type Observation, unknown} from '../../model/observation.ts'
import type {Plan} from '../../plan/plan.ts'
import type {TableSize} from '../../ports/database.ts'
import type {Ports} from '../../ports/ports.ts'

/** Tables that a version step may lock. */
export interface LockedTables {
  /** `named`: the step is known to move them. `largest`: which ones it changes is not known. */
  readonly choice: 'named' | 'largest'
  /** Largest first. */
  readonly tables: readonly TableSize[]
}

const LARGEST = 5
/** A database that does not answer two of them is not waited for by all. */
const MOST_ASKED = 2

/** Undefined where the step leaves the schema alone. Asked through the first or the second node. */
export async function lockedTables(
  {nodes, database}: Cluster,
  {hosts, databases}: Pick<Ports, 'hosts' | 'databases'>,
  {step, from, to}: Plan,
): Promise<Observation<LockedTables> | undefined> {
  if (step.kind === 'none' || !from) return undefined
  let reason = 'gha.yaml names no node'
  for (const {name, ssh} of nodes.slice(0, MOST_ASKED)) {
    try {
      return known(choose(await databases.tables(database, await hosts.connect(name, ssh)), migratedTables(from, to)))
    } catch (error) {
      reason = messageOf(error)
    }
  }
  return unknown(reason)
}

function choose(tables: readonly TableSize[], names: readonly string[] | undefined): LockedTables {
  const sorted = tables.toSorted((a, b) => b.bytes - a.bytes)
  const named = sorted.filter(({name}) => names?.includes(name))
  return named.length > 0 ? {choice: 'named', tables: named} : {choice: 'largest', tables: sorted.slice(0, LARGEST)}
}
