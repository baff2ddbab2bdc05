import {once} from 'node:events'
import {migrationLockKey} from '../../../src/lib/grafana/migration-lock.ts'
import type {LabCluster} from './cluster.ts'

/** Takes Grafana's migration lock as another Grafana would. Gives back what ends that. */
export async function holdMigrationLock({lab}: LabCluster): Promise<() => Promise<void>> {
  const {host, database, superuser} = lab.state().postgres
  const psql = lab.spawnOperator(['psql', '-qXAt', '-h', host, '-U', superuser.user, database], {
    env: {PGPASSWORD: superuser.password},
  })
  const ended = once(psql, 'close')
  psql.stdin?.write(`SELECT pg_advisory_lock(${migrationLockKey('postgres', database)});\nSELECT 'held';\n`)
  const [said] = (await Promise.race([once(psql.stdout ?? psql, 'data'), ended])) as [Buffer | number]
  if (!Buffer.isBuffer(said)) throw new Error(`psql ended with ${said}`)
  return async () => {
    psql.stdin?.end()
    await ended
  }
}
