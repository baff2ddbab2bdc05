import pg from 'pg'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {createDatabases} from '../../src/lib/adapters/databases.ts'
import {createDumps} from '../../src/lib/adapters/dumps.ts'
import type {Database} from '../../src/lib/model/backing.ts'
import {Secret} from '../../src/lib/model/secret.ts'
import {freePort} from '../support/free-port.ts'
import {LocalHost} from '../support/local-host.ts'
import {startMariadb} from '../support/mariadb.ts'
import {type Pgbouncer, type PgbouncerOptions, startPgbouncer} from '../support/pgbouncer.ts'
import {type PostgresServer, startPostgres} from '../support/postgres.ts'

const databases = createDatabases()
const here = new LocalHost()

async function answered(database: Database) {
  const report = await databases.probe(database, here)
  if (report.outcome !== 'answered') throw new Error(`${report.outcome}: ${report.message}`)
  return report
}

describe('a real PgBouncer before a real PostgreSQL', () => {
  let server: PostgresServer
  let bouncer: Pgbouncer | undefined

  beforeAll(async () => {
    server = await startPostgres()
  })
  afterEach(async () => {
    await bouncer?.stop()
    bouncer = undefined
  })
  afterAll(() => server.stop())

  async function through(options: PgbouncerOptions): Promise<Database> {
    bouncer = await startPgbouncer(server, options)
    return at(bouncer.port)
  }

  function at(port: number): Database {
    const {host, user, database: name, password} = server
    return {type: 'postgres', host, port, user, name, password: new Secret(password), sslMode: 'disable'}
  }

  const advisoryLocks = async () =>
    Number(
      (await server.query("SELECT count(*)::int AS count FROM pg_locks WHERE locktype = 'advisory'"))[0]?.['count'],
    )

  it('is not there where gha speaks with the server itself', async () => {
    expect((await answered(at(server.port))).pooling).toBeUndefined()
  })

  it.each([
    ['session', 'session'],
    ['transaction', 'transaction'],
    ['statement', 'transaction'],
  ] as const)('of mode %s is known as one', async (mode, pooling) => {
    expect((await answered(await through({mode}))).pooling).toBe(pooling)
  })

  it.each(['session', 'transaction'] as const)('of mode %s is known while others use its pool', async mode => {
    const database = await through({mode, poolSize: 12})
    const crowd = await Promise.all(Array.from({length: 4}, () => busy(database)))
    for (let count = 0; count < 5; count++) expect((await answered(database)).pooling).toBe(mode)
    await Promise.all(crowd.map(leave => leave()))
  })

  it('whose only session is taken tells nothing', async () => {
    expect((await answered(await through({mode: 'session', poolSize: 1}))).pooling).toBe('unknown')
  })

  it('that lends sessions for a transaction gets no lock, and keeps none', async () => {
    const session = await databases.open(await through({mode: 'transaction'}), here, 'run')
    await expect(session.tryLock('prod')).rejects.toThrow('a pooler between')
    expect(await advisoryLocks()).toBe(0)
    await session.close()
  })

  it('that lends a session for a connection lets one have the lock', async () => {
    const database = await through({mode: 'session'})
    const [one, two] = [await databases.open(database, here, 'one'), await databases.open(database, here, 'two')]
    expect([await one.tryLock('prod'), await two.tryLock('prod')]).toEqual([true, false])
    await Promise.all([one.close(), two.close()])
    await expect.poll(advisoryLocks).toBe(0)
  })

  it('that lends sessions for a transaction is not dumped through', async () => {
    const dumps = createDumps()
    await expect(dumps.outlook(await through({mode: 'transaction'}), here)).rejects.toMatchObject({
      code: 'BACKUP_POOLED',
      exit: 'preflight',
    })
    await bouncer?.stop()
    expect(await dumps.outlook(await through({mode: 'session'}), here)).toMatchObject({server: {product: 'PostgreSQL'}})
  })
})

/** A client that asks one thing after the other until told to leave. */
async function busy({host, port, user, name, password}: Database): Promise<() => Promise<void>> {
  const client = new pg.Client({host, port, user, database: name, password: password.reveal()})
  await client.connect()
  let goes = true
  const asking = (async () => {
    while (goes) await client.query('SELECT pg_sleep(0.001)')
  })()
  return async () => {
    goes = false
    await asking
    await client.end()
  }
}

describe('a real MariaDB', () => {
  async function members(settings: Readonly<Record<string, string>>): Promise<number | undefined> {
    const server = await startMariadb({settings})
    const {host, port, user, database: name, password} = server
    const secret = new Secret(password)
    const report = await answered({type: 'mysql', host, port, user, name, password: secret, sslMode: 'false'}).finally(
      () => server.stop(),
    )
    return report.galeraMembers
  }

  it('is no Galera cluster by itself', async () => {
    expect(await members({})).toBeUndefined()
  })

  it('tells how many members its Galera cluster has', async () => {
    const galera = {
      'wsrep-on': 'ON',
      'wsrep-provider': '/usr/lib/galera/libgalera_smm.so',
      'wsrep-cluster-address': 'gcomm://',
      'wsrep-node-address': '127.0.0.1',
      'wsrep-provider-options': `gmcast.listen_addr=tcp://127.0.0.1:${await freePort('127.0.0.1')};gcache.size=8M`,
      'binlog-format': 'ROW',
    }
    expect(await members(galera)).toBe(1)
  })
})
