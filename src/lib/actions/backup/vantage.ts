import {GhaError} from '../../errors/gha-error.ts'
import type {Cluster} from '../../model/cluster.ts'
import type {DumpOutlook} from '../../ports/dumps.ts'
import type {Host} from '../../ports/host.ts'
import type {Ports} from '../../ports/ports.ts'

export interface Vantage {
  readonly from: Host
  readonly outlook: DumpOutlook
}

const CUT_OFF = new Set(['HOST_UNREACHABLE', 'DATABASE_UNREACHABLE', 'DATABASE_REFUSED'])

/** The first node from which the database can be reached, and what a dump of it would need. @throws GhaError of the last one */
export async function findVantage(cluster: Cluster, ports: Pick<Ports, 'hosts' | 'dumps'>): Promise<Vantage> {
  let failure: unknown
  for (const {name, ssh} of cluster.nodes) {
    try {
      const from = await ports.hosts.connect(name, ssh)
      return {from, outlook: await ports.dumps.outlook(cluster.database, from)}
    } catch (error) {
      failure = error
      if (!(error instanceof GhaError) || !CUT_OFF.has(error.code)) break
    }
  }
  throw failure
}
