import {existsSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {startMariadb} from '../support/mariadb.ts'
import {startPostgres} from '../support/postgres.ts'
import {startRedis} from '../support/redis.ts'

describe('the real servers that tests start', () => {
  it('PostgreSQL answers with a password and is gone after stop', async () => {
    const server = await startPostgres({settings: {max_connections: '20'}})
    expect(await server.query('SHOW max_connections')).toEqual([{max_connections: '20'}])
    await server.createDatabase('second')
    expect(await server.query('SELECT current_database() AS name', 'second')).toEqual([{name: 'second'}])
    await server.stop()
    expect(existsSync(`/proc/${server.pid}`)).toBe(false)
    await expect(server.query('SELECT 1')).rejects.toThrow(/ECONNREFUSED/)
  })

  it('MariaDB answers with a password and is gone after stop', async () => {
    const server = await startMariadb()
    expect(await server.query('SELECT 1 AS one')).toEqual([{one: 1}])
    await server.stop()
    expect(existsSync(`/proc/${server.pid}`)).toBe(false)
  })

  it('Redis answers with a password and is gone after stop', async () => {
    const server = await startRedis()
    await server.stop()
    expect(existsSync(`/proc/${server.pid}`)).toBe(false)
  })
})
