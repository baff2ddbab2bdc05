import {existsSync, mkdtempSync, readFileSync, realpathSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import pg from 'pg'
import {describe, expect, it} from 'vitest'
import {clearLeftovers} from './leftovers.ts'
import {startPostgres} from './postgres.ts'
import {findPostgresPrograms} from './postgres-programs.ts'
import {freePort} from './slot.ts'

describe("the sandbox's PostgreSQL", () => {
  // mkdtemp makes folders that nobody else can enter: what a clone in a private folder looks like.
  it.each(findPostgresPrograms())('starts from $words in a private folder and leaves nothing', async programs => {
    const directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'gha-postgres-')))
    try {
      const {words, ...place} = await startPostgres({
        directory,
        port: await freePort('127.0.0.1'),
        programs: [programs],
      })
      const client = new pg.Client({host: '127.0.0.1', ...place})
      await client.connect()
      const {rows} = await client.query('select current_user as "user", current_database() as database')
      await client.end()
      expect(rows).toEqual([{user: 'grafana', database: 'grafana'}])
      const folders = readFileSync(path.join(directory, 'leftovers'), 'utf8').match(/(?<=^folder ).*$/gm) ?? []
      await clearLeftovers(directory)
      expect(folders.filter(folder => existsSync(folder))).toEqual([])
      await expect(new pg.Client({host: '127.0.0.1', ...place}).connect()).rejects.toThrow('ECONNREFUSED')
    } finally {
      await clearLeftovers(directory)
      rmSync(directory, {recursive: true})
    }
  })

  it('says of everything it tried why it failed', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'gha-postgres-'))
    const programs = [{words: 'a broken one', prepare: () => '/nonexistent'}]
    await expect(startPostgres({directory, port: 1, programs})).rejects.toThrow('a broken one: ')
    await clearLeftovers(directory)
    rmSync(directory, {recursive: true})
  })
})
