import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {databaseSection} from '../../support/database-section.ts'
import {type DoubleOptions, launchDouble, removeDoubles, startDouble, stopDoubles} from '../../support/double.ts'
import {eventually} from '../../support/eventually.ts'
import {type MariadbServer, startMariadb} from '../../support/mariadb.ts'
import {type PostgresServer, startPostgres} from '../../support/postgres.ts'
import {lockKey} from './migration-lock.ts'

const LIMIT_MS = 30_000

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterEach(stopDoubles)
afterAll(async () => {
  await removeDoubles()
  await server.stop()
})

const on = (name: string, version: string, fault?: string): DoubleOptions => ({
  version,
  ...(fault === undefined ? {} : {fault}),
  settings: databaseSection(server, name),
})
const run = async (name: string, version: string) => {
  const double = await startDouble(on(name, version))
  const [, performed, skipped] = /performed=(\d+) skipped=(\d+)/.exec(double.output()) ?? []
  return {double, performed: Number(performed), skipped: Number(skipped)}
}
const admin = {authorization: `Basic ${btoa('admin:admin')}`}
const dashboard = (title: string) => ({
  method: 'POST',
  headers: {...admin, 'content-type': 'application/json'},
  body: JSON.stringify({dashboard: {title, uid: title}}),
})

describe('migrations', () => {
  it('perform nothing on a second start, and nothing for another patch', async () => {
    const name = await server.createDatabase('second')
    const first = await run(name, '12.1.0')
    await first.double.stop()
    expect(first.skipped).toBe(0)
    const patch = await run(name, '12.1.1')
    expect([patch.performed, patch.skipped]).toEqual([0, first.performed])
    const rows = await server.query('SELECT COUNT(*)::int AS n FROM migration_log WHERE success', name)
    expect(rows[0]?.['n']).toBe(first.performed)
  })

  it('only add from minor to minor, so that an old node serves on and starts again', async () => {
    const name = await server.createDatabase('additive')
    const old = await run(name, '12.1.0')
    await old.double.get('/api/dashboards/db', dashboard('one'))
    const next = await run(name, '12.2.0')
    expect(next.performed).toBeGreaterThan(0)
    expect((await old.double.get('/api/search', {headers: admin})).status).toBe(200)
    await old.double.stop()
    const back = await run(name, '12.1.0')
    expect(back.performed).toBe(0)
    expect(await (await back.double.get('/api/search', {headers: admin})).json()).toHaveLength(1)
  })

  it('of 12.4 move dashboards to unified storage, after which an older node fails on them', async () => {
    const name = await server.createDatabase('moved')
    const old = await run(name, '12.3.0')
    await old.double.get('/api/dashboards/db', dashboard('one'))
    const next = await run(name, '12.4.0')
    expect((await old.double.get('/api/search', {headers: admin})).status).toBe(500)
    expect(await (await next.double.get('/api/search', {headers: admin})).json()).toMatchObject([{title: 'one'}])
    const tables = await server.query(
      "SELECT tablename FROM pg_tables WHERE tablename LIKE '%\\_legacy' ORDER BY 1",
      name,
    )
    expect(tables.map(row => row['tablename'])).toEqual(['dashboard_legacy', 'playlist_legacy'])
  })

  it('of 12.4 leave more than ten dashboards to 13.0', async () => {
    const name = await server.createDatabase('many')
    const old = await run(name, '12.3.0')
    for (let count = 0; count < 11; count++) await old.double.get('/api/dashboards/db', dashboard(`d${count}`))
    const next = await run(name, '12.4.0')
    expect((await old.double.get('/api/search', {headers: admin})).status).toBe(200)
    expect(await (await next.double.get('/api/search', {headers: admin})).json()).toHaveLength(11)
    const last = await run(name, '13.0.0')
    expect((await old.double.get('/api/search', {headers: admin})).status).toBe(500)
    expect(await (await last.double.get('/api/search', {headers: admin})).json()).toHaveLength(11)
  })
})

describe('the migration lock', () => {
  it('is seen in pg_locks while it is held, and its loser ends with status 1', async () => {
    const name = await server.createDatabase('grafana_ha')
    const winner = await launchDouble(on(name, '12.1.0', 'long-migration=600'))
    const held = `SELECT classid::int, objsubid::int FROM pg_locks WHERE locktype = 'advisory' AND objid = ${lockKey(name)}`
    const holders = () => server.query(held, name)
    await eventually('the lock is held', LIMIT_MS, async () => (await holders()).length > 0)
    expect(await holders()).toEqual([{classid: 0, objsubid: 1}])
    const loser = await launchDouble(on(name, '12.1.0'))
    expect(await loser.exited).toBe(1)
    expect(loser.output()).toMatch(/msg="Failed to lock database" error="failed to obtain lock"/)
    expect(loser.output()).toMatch(/msg="Failed to start grafana" error="failed to obtain lock"/)
    winner.signal('SIGKILL')
    await eventually('the lock ends with who held it', LIMIT_MS, async () => (await holders()).length === 0)
    await startDouble(on(name, '12.1.0'))
    expect(await holders()).toEqual([])
  })

  it('is not taken where migration_locking is off', async () => {
    const name = await server.createDatabase('unlocked')
    const options = on(name, '12.1.0')
    const double = await startDouble({...options, settings: `${options.settings}migration_locking = false\n`})
    expect(double.output()).not.toContain('Locking database')
  })

  it('leaves no row of a failed migration, and the start fails', async () => {
    const name = await server.createDatabase('failed')
    const double = await launchDouble(on(name, '12.1.0', 'failed-migration'))
    expect(await double.exited).toBe(1)
    expect(double.output()).toMatch(/level=error msg="Executing migration failed" id="rename table annotation_tmp"/)
    expect(await server.query('SELECT success FROM migration_log', name)).toEqual([])
  })
})

describe('on MariaDB', () => {
  let mariadb: MariadbServer
  beforeAll(async () => {
    mariadb = await startMariadb()
  })
  afterAll(() => mariadb.stop())

  const settings = () =>
    `[database]\ntype = mysql\nhost = ${mariadb.host}:${mariadb.port}\nname = grafana\nuser = grafana\npassword = """${mariadb.password}"""\n`

  it('the double migrates, signs in and keeps the lock by GET_LOCK', async () => {
    const winner = await launchDouble({settings: settings(), fault: 'long-migration=600'})
    const isHeld = async () => {
      const [row] = await mariadb.query(`SELECT IS_USED_LOCK('${lockKey('grafana')}') IS NOT NULL AS held`)
      return row?.['held'] === 1
    }
    await eventually('the lock is held', LIMIT_MS, isHeld)
    const loser = await launchDouble({settings: settings()})
    expect(await loser.exited).toBe(1)
    winner.signal('SIGKILL')
    await eventually('the lock ends with who held it', LIMIT_MS, async () => !(await isHeld()))
    const next = await startDouble({settings: settings()})
    expect(await isHeld()).toBe(false)
    expect((await next.get('/api/user', {headers: admin})).status).toBe(200)
    const url = `[database]\nurl = mysql://grafana:${mariadb.password}@${mariadb.host}:${mariadb.port}/grafana\n`
    const second = await startDouble({settings: url, version: '12.4.0'})
    expect((await second.get('/api/search', {headers: admin})).status).toBe(200)
  })
})
