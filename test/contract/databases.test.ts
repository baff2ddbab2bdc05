import mysql from 'mysql2/promise'
import pg from 'pg'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {createDatabases} from '../../src/lib/adapters/databases.ts'
import {migrationLockKey} from '../../src/lib/grafana/migration-lock.ts'
import type {Database} from '../../src/lib/model/backing.ts'
import {Secret} from '../../src/lib/model/secret.ts'
import type {DatabaseReport} from '../../src/lib/ports/database.ts'
import type {Host} from '../../src/lib/ports/host.ts'
import {type Certificates, makeCertificates} from '../support/certificates.ts'
import {freePort} from '../support/free-port.ts'
import {LocalHost} from '../support/local-host.ts'
import {startMariadb} from '../support/mariadb.ts'
import {startPostgres} from '../support/postgres.ts'
import {VANTAGE_POINTS} from '../support/vantage-points.ts'

interface Server {
  readonly database: Database
  readonly query: (sql: string) => Promise<readonly Record<string, unknown>[]>
  readonly stop: () => Promise<void>
}

let certificates: Certificates
const databases = createDatabases()
const here = new LocalHost()

beforeAll(() => {
  certificates = makeCertificates()
})

afterAll(() => certificates.remove())

const SERVERS: Readonly<Record<Database['type'], () => Promise<Server>>> = {
  async postgres() {
    const server = await startPostgres({tls: certificates})
    const {query, stop} = server
    return {database: described('postgres', {...server, name: server.database}), query, stop}
  },
  async mysql() {
    const server = await startMariadb({settings: {'ssl-cert': certificates.certFile, 'ssl-key': certificates.keyFile}})
    const {query, stop} = server
    return {database: described('mysql', {...server, name: server.database}), query, stop}
  },
}

interface Coordinates {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly name: string
}

function described(type: Database['type'], {host, port, user, password, name}: Coordinates): Database {
  const sslMode = type === 'postgres' ? 'disable' : 'false'
  return {type, host, port, user, name, password: new Secret(password), sslMode}
}

/** As Grafana does, in a session of its own. */
async function holdMigrationLock({type, host, port, user, password, name}: Database): Promise<() => Promise<void>> {
  const login = {host, port, user, password: password.reveal(), database: name}
  const key = migrationLockKey(type, name)
  if (type === 'postgres') {
    const client = new pg.Client(login)
    await client.connect()
    await client.query(`SELECT pg_try_advisory_lock(${key})`)
    return () => client.end()
  }
  const client = await mysql.createConnection(login)
  await client.query(`SELECT GET_LOCK('${key}', 0)`)
  return () => client.end()
}

function answered(report: DatabaseReport) {
  if (report.outcome !== 'answered') throw new Error(`${report.outcome}: ${report.message}`)
  return report
}

describe.each(['postgres', 'mysql'] as const)('a real %s', type => {
  let server: Server
  let database: Database
  const other = (changes: Partial<Database>): Database => ({...database, ...changes})
  const outcome = async (changes: Partial<Database>, from: Host = here) =>
    (await databases.probe(other(changes), from)).outcome

  beforeAll(async () => {
    server = await SERVERS[type]()
    database = server.database
  })

  afterAll(() => server.stop())

  it('is empty at first', async () => {
    const report = answered(await databases.probe(database, here))
    expect(report).toMatchObject({
      content: 'empty',
      migrationCount: 0,
      scopedLogs: [],
      migrationLockHeld: false,
      readOnly: false,
    })
    expect(report.encrypted).toBe(false)
    expect(report.serverVersion).toMatch(/^\d+\.\d+/)
    expect(Math.abs(report.serverTimeMilliseconds - Date.now())).toBeLessThan(5000)
    expect(report.maxConnections).toBeGreaterThan(10)
  })

  it.each(Object.entries(VANTAGE_POINTS))('answers as seen from a host: %s', async (_name, reach) => {
    const point = await reach()
    expect(answered(await databases.probe(database, point.host)).latencyMilliseconds).toBeGreaterThan(0)
    await point.leave()
  })

  it('tells a wrong password, a wrong user and a missing database apart from a closed port', async () => {
    expect(await outcome({password: new Secret('wrong')})).toBe('authentication')
    expect(await outcome({user: 'nobody'})).toBe('authentication')
    expect(await outcome({port: await freePort()})).toBe('refused')
    expect(await outcome({host: 'no.such.invalid'})).toBe('unreachable')
  })

  it('never shows the password in what it reports', async () => {
    const report = await databases.probe(other({password: new Secret('planted-canary')}), here)
    expect(JSON.stringify(report)).not.toContain('planted-canary')
  })

  it('rejects the login of a session with the reason and the next command', async () => {
    const open = databases.open(other({password: new Secret('wrong')}), here, 'run')
    await expect(open).rejects.toMatchObject({code: 'DATABASE_AUTHENTICATION', exit: 'authentication', node: 'local'})
  })

  it('encrypts, and verifies what its words ask for', async () => {
    const [off, loose, full] =
      type === 'postgres' ? ['disable', 'require', 'verify-full'] : ['false', 'skip-verify', 'true']
    const ca = certificates.caFile
    expect(answered(await databases.probe(other({sslMode: loose ?? ''}), here)).encrypted).toBe(true)
    const named = {sslMode: full ?? '', host: 'localhost', ca}
    expect(answered(await databases.probe(other(named), here)).encrypted).toBe(true)
    expect(await outcome({sslMode: full ?? '', host: 'localhost'})).toBe('tls')
    expect(await outcome({sslMode: off ?? ''})).toBe('answered')
  })

  it('tells how large each table is', async () => {
    await server.query('CREATE TABLE sized (id int, filler text)')
    const rows = Array.from({length: 200}, (_, row) => `(${row}, '${'x'.repeat(2000)}')`).join(', ')
    await server.query(`INSERT INTO sized VALUES ${rows}`)
    const tables = await databases.tables(database, here)
    expect(tables.map(({name}) => name)).toEqual(['sized'])
    expect(tables[0]?.bytes).toBeGreaterThan(10_000)
    await server.query('DROP TABLE sized')
  })

  it('tells a refused question from a refused login', async () => {
    await expect(databases.tables(other({password: new Secret('wrong')}), here)).rejects.toMatchObject({
      message: expect.stringMatching(/^no login to the database /),
      node: 'local',
    })
    if (type !== 'postgres') return
    await server.query('REVOKE SELECT ON pg_catalog.pg_class FROM PUBLIC')
    await expect(databases.tables(database, here)).rejects.toMatchObject({
      message: expect.stringMatching(/^no answer to a question from the database .* from local: permission denied/),
      node: 'local',
    })
    await server.query('GRANT SELECT ON pg_catalog.pg_class TO PUBLIC')
  })

  it('is foreign with a table of somebody else, and Grafana’s with a migration log', async () => {
    await server.query('CREATE TABLE other (id int)')
    expect(answered(await databases.probe(database, here)).content).toBe('foreign')
    await server.query('CREATE TABLE migration_log (id int, migration_id varchar(255))')
    await server.query("INSERT INTO migration_log VALUES (1, 'create migration_log table'), (2, 'newest one')")
    if (type === 'postgres') await server.query(`GRANT ALL ON ALL TABLES IN SCHEMA public TO "${database.user}"`)
    const report = answered(await databases.probe(database, here))
    expect(report).toMatchObject({
      content: 'grafana',
      migrationCount: 2,
      newestMigration: 'newest one',
      scopedLogs: [],
    })
  })

  it('counts what newer migrators wrote into logs of their own, as far as these are there', async () => {
    await server.query('CREATE TABLE unifiedstorage_migration_log (id int, migration_id varchar(255))')
    await server.query("INSERT INTO unifiedstorage_migration_log VALUES (1, 'create it'), (2, 'playlists migration')")
    await server.query('CREATE TABLE resource_migration_log (id int, migration_id varchar(255))')
    if (type === 'postgres') await server.query(`GRANT ALL ON ALL TABLES IN SCHEMA public TO "${database.user}"`)
    const report = answered(await databases.probe(database, here))
    expect(report).toMatchObject({content: 'grafana', migrationCount: 2, newestMigration: 'newest one'})
    expect(report.scopedLogs.toSorted((a, b) => a.table.localeCompare(b.table))).toEqual([
      {table: 'resource_migration_log', count: 0},
      {table: 'unifiedstorage_migration_log', count: 2, newest: 'playlists migration'},
    ])
  })

  it('shows that somebody holds Grafana’s migration lock', async () => {
    const release = await holdMigrationLock(database)
    expect(answered(await databases.probe(database, here)).migrationLockHeld).toBe(true)
    await release()
    expect(answered(await databases.probe(database, here)).migrationLockHeld).toBe(false)
  })

  it('gives a lock to one session only, names the holder, and frees it with the session', async () => {
    const [one, two] = await Promise.all(['run-one', 'run-two'].map(name => databases.open(database, here, name)))
    if (!one || !two) throw new Error('two sessions')
    expect(await one.lockHolder('prod')).toBeUndefined()
    expect([await one.tryLock('prod'), await two.tryLock('prod'), await two.tryLock('other')]).toEqual([
      true,
      false,
      true,
    ])
    expect(await two.lockHolder('prod')).toContain(type === 'postgres' ? 'run-one' : database.user)
    await one.ping()
    await one.close()
    await expect.poll(() => two.tryLock('prod'), {timeout: 5000}).toBe(true)
    await two.close()
    await expect(two.ping()).rejects.toThrow()
  })
})

describe('what only PostgreSQL says', () => {
  it('is that there is no such database', async () => {
    const server = await startPostgres()
    const database = described('postgres', {...server, name: 'absent'})
    expect((await databases.probe(database, here)).outcome).toBe('no-database')
    expect((await databases.probe({...database, sslMode: 'require'}, here)).outcome).toBe('tls')
    await server.stop()
  })

  it('is that the user has no connection left', async () => {
    const server = await startPostgres()
    const database = described('postgres', {...server, name: server.database})
    await server.query(`ALTER ROLE "${database.user}" CONNECTION LIMIT 0`)
    expect(await databases.probe(database, here)).toMatchObject({
      outcome: 'no-connection',
      message: expect.stringContaining('too many connections'),
    })
    await server.stop()
  })

  it('is that the certificate carries another name', async () => {
    const server = await startPostgres({tls: certificates})
    const database = described('postgres', {...server, name: server.database})
    const asked = {...database, host: 'ip6-localhost.invalid', ca: certificates.caFile}
    const host = new LocalHost()
    const dial = host.dial.bind(host)
    host.dial = () => dial({host: '127.0.0.1', port: server.port})
    expect((await databases.probe({...asked, sslMode: 'verify-full'}, host)).outcome).toBe('tls')
    expect((await databases.probe({...asked, sslMode: 'verify-ca'}, host)).outcome).toBe('answered')
    expect((await databases.probe({...asked, sslMode: 'require'}, host)).outcome).toBe('answered')
    await server.stop()
  })
})
