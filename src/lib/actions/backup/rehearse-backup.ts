import type {Cluster} from '../../model/cluster.ts'
import type {Plan} from '../../plan/plan.ts'
import type {Ports} from '../../ports/ports.ts'
import {noBackup} from './no-backup.ts'
import {refuseFull} from './take-dump.ts'
import {findVantage} from './vantage.ts'

/** Whether the plan's dump could be taken: login, tools, space. Writes nothing. @throws GhaError `BACKUP_*` or `DATABASE_*` */
export async function rehearseBackup(cluster: Cluster, ports: Ports, {backup}: Plan): Promise<void> {
  if (backup?.method !== 'dump') return
  try {
    await refuseFull(ports, backup.directory, await findVantage(cluster, ports))
  } catch (error) {
    throw noBackup(error, 'Nothing was changed.')
  }
}
