import type {Argv} from '../run.ts'
import type {LabCluster} from './cluster.ts'

/** What the superuser's statement gives in the database of Grafana, one row a line; what it may print besides is left out. */
export async function asSuperuser({lab}: LabCluster, statement: string): Promise<string> {
  const {host, database, superuser} = lab.state().postgres
  const psql: Argv = [
    'psql',
    '-qXAt',
    '-v',
    'ON_ERROR_STOP=1',
    '-h',
    host,
    '-U',
    superuser.user,
    database,
    '-c',
    statement,
  ]
  // What a test makes read-only has to be made writable again.
  const env = {PGPASSWORD: superuser.password, PGOPTIONS: '-c default_transaction_read_only=off'}
  const {exitCode, stdout, stderr} = await lab.inNetworkOf('servers', psql, {env})
  if (exitCode !== 0) throw new Error(`psql: ${stderr}`)
  return stdout.trim()
}
