import {spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {backUpFirst} from '../../src/lib/actions/backup/back-up-first.ts'
import {takeDump} from '../../src/lib/actions/backup/take-dump.ts'
import {localArchives} from '../../src/lib/adapters/archives.ts'
import {systemClock} from '../../src/lib/adapters/clock.ts'
import {createDumps} from '../../src/lib/adapters/dumps.ts'
import {localPrograms} from '../../src/lib/adapters/programs.ts'
import {readManifest} from '../../src/lib/backup/manifest.ts'
import type {BackupPolicy} from '../../src/lib/model/backup.ts'
import type {Cluster} from '../../src/lib/model/cluster.ts'
import {Secret} from '../../src/lib/model/secret.ts'
import {versionOf} from '../../src/lib/model/version.ts'
import type {JournalEvent} from '../../src/lib/ports/journal.ts'
import type {Ports} from '../../src/lib/ports/ports.ts'
import type {UnstagedRun} from '../../src/lib/rollout/run.ts'
import {aCluster} from '../support/a-cluster.ts'
import {aTurn} from '../support/a-run.ts'
import {LocalHosts} from '../support/local-host.ts'
import {type PostgresServer, startPostgres} from '../support/postgres.ts'
import {programsIn} from '../support/programs.ts'

let server: PostgresServer
let folder: string
let cluster: Cluster
const directory = () => path.join(folder, 'backups')

beforeAll(async () => {
  server = await startPostgres()
  const {user} = server
  await server.query('CREATE TABLE dashboard (id int, data text)')
  await server.query('INSERT INTO dashboard SELECT n, repeat(md5(n::text), 50) FROM generate_series(1, 2000) n')
  await server.query(`GRANT ALL ON ALL TABLES IN SCHEMA public TO "${user}"`)
})
afterAll(() => server.stop())
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gha-test-backup-'))
  const {host, port, user, password, database: name} = server
  cluster = aCluster({
    file: path.join(folder, 'gha.yaml'),
    database: {type: 'postgres', host, port, user, name, password: new Secret(password), sslMode: 'disable'},
  })
})
afterEach(() => rmSync(folder, {recursive: true, force: true}))

function portsWith(given: Partial<Ports> = {}): Ports {
  return {
    hosts: new LocalHosts(),
    dumps: createDumps(),
    archives: localArchives(),
    clock: systemClock(),
    programs: localPrograms(),
    ...given,
  } as unknown as Ports
}

const take = (given: Partial<Ports> = {}, where = directory()) =>
  takeDump(cluster, portsWith(given), {directory: where, reason: 'a test'})

/** What lies in the folder of the backups, but for the file that keeps git out. */
const kept = (where = directory()) => readdirSync(where).filter(name => name !== '.gitignore')

describe('a dump that is kept', () => {
  it('lies closed to others in a folder of its name, with a manifest that is sealed', async () => {
    const {id, folder: place = ''} = await take()
    expect(kept()).toEqual([id])
    expect(place).toBe(path.join(directory(), id))
    const mode = (file: string) => (statSync(file).mode & 0o777).toString(8)
    expect([directory(), place].map(mode)).toEqual(['700', '700'])
    expect(readdirSync(place).toSorted()).toEqual(['database.pgdump', 'manifest.json'])
    expect(['database.pgdump', 'manifest.json'].map(name => mode(path.join(place, name)))).toEqual(['600', '600'])
    expect(readFileSync(path.join(directory(), '.gitignore'), 'utf8')).toBe('*\n')
    const read = readManifest(readFileSync(path.join(place, 'manifest.json'), 'utf8'), cluster.grafana.secretKey)
    expect(read).toMatchObject({sealed: true, manifest: {id, cluster: 'prod', reason: 'a test'}})
    expect(read.manifest?.rows).toEqual({from: 'snapshot', tables: {'public.dashboard': 2000}})
    expect(read.manifest?.snapshot.position).toMatch(/^[0-9A-F]+\/[0-9A-F]+$/)
  })

  it('can be loaded, and then holds what was there', async () => {
    const {folder: place = ''} = await take()
    const name = await server.createDatabase('restored')
    const {host, port, user, password} = server
    const words = ['--no-owner', '--exit-on-error', '-h', host, '-p', String(port), '-U', user, '-d', name]
    const done = spawnSync('pg_restore', [...words, path.join(place, 'database.pgdump')], {
      env: {...process.env, PGPASSWORD: password},
      encoding: 'utf8',
    })
    expect(done.stderr).toBe('')
    const sum = "SELECT count(*)::int AS rows, md5(string_agg(data, ',' ORDER BY id)) AS sum FROM dashboard"
    expect(await server.query(sum, name)).toEqual(await server.query(sum))
  })
})

describe('a dump of which nothing is kept', () => {
  it('is one that the disk did not keep as it was written', async () => {
    const dumps = createDumps()
    const flipping: Ports['dumps'] = {
      ...dumps,
      async digest(file) {
        return {...(await dumps.digest(file)), sha256: 'another'}
      },
    }
    await expect(take({dumps: flipping})).rejects.toMatchObject({code: 'BACKUP_DAMAGED'})
    expect(kept()).toEqual([])
  })

  it('is one that lacks a row of the snapshot', async () => {
    const dumps = createDumps()
    const losing: Ports['dumps'] = {...dumps, readBack: async () => ({rows: {'public.dashboard': 1999}})}
    await expect(take({dumps: losing})).rejects.toMatchObject({
      code: 'BACKUP_DAMAGED',
      message: expect.stringContaining('public.dashboard holds 1999 rows, not 2000'),
    })
    expect(kept()).toEqual([])
  })

  it('is one for which there is no room, seen before it is begun', async () => {
    const archives = {...localArchives(), freeBytes: async () => 64 * 1024 * 1024}
    await expect(take({archives})).rejects.toMatchObject({code: 'BACKUP_SPACE', exit: 'preflight'})
    expect(() => readdirSync(directory())).toThrow()
  })

  it.runIf(process.getuid?.() === 0).each([16, 48])('is one during which the disk becomes full: %i KiB', async size => {
    const disk = path.join(folder, 'disk')
    mkdirSync(disk)
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}k`, 'tmpfs', disk]).status).toBe(0)
    try {
      const archives = {...localArchives(), freeBytes: async () => 1e12}
      await expect(take({archives}, path.join(disk, 'b'))).rejects.toMatchObject({
        code: 'BACKUP_SPACE',
        message: expect.stringMatching(/^no space is left for /),
      })
      expect(kept(path.join(disk, 'b'))).toEqual([])
    } finally {
      expect(spawnSync('umount', [disk]).status).toBe(0)
    }
  })
})

describe('before the first node', () => {
  const events: Omit<JournalEvent, 'at' | 'run' | 'n'>[] = []
  const told = () => events.map(({type, step}) => `${step} ${type}`)

  const runWith = (
    backup: BackupPolicy | undefined,
    given: Partial<UnstagedRun> & {ports?: Ports} = {},
  ): UnstagedRun => {
    events.length = 0
    const {run} = aTurn({cluster})
    return {
      ...run,
      ports: portsWith(),
      plan: {...run.plan, from: versionOf('12.0.0'), to: versionOf('12.1.0'), ...(backup ? {backup} : {})},
      journal: {
        append: async event => {
          events.push(event)
        },
      },
      ...given,
    }
  }

  it('a dump is taken, and its id is in the journal', async () => {
    const backup = await backUpFirst(runWith({method: 'dump', directory: directory()}))
    expect(told()).toEqual(['backup step-started', 'backup step-done'])
    expect(events.at(-1)?.detail).toMatch(new RegExp(`^${backup?.id} in .*: 2000 rows of 1 tables, `))
    expect(backup?.manifest?.reason).toBe('rollout 12.0.0 → 12.1.0, run r1')
  })

  it('nothing is done where the schema stays', async () => {
    expect(await backUpFirst(runWith(undefined))).toBeUndefined()
    expect(told()).toEqual([])
  })

  it('the operator’s own command may do it, and names its copy in its last line', async () => {
    const bin = programsIn(folder, {snap: 'echo working; echo "snap-0815 of $1 in $PWD"; echo'})
    const backup = await backUpFirst(runWith({method: 'command', words: [path.join(bin, 'snap'), 'the db']}))
    expect(backup).toEqual({id: `snap-0815 of the db in ${folder}`})
    expect(events.at(-1)).toMatchObject({type: 'step-done', detail: expect.stringContaining('snap-0815')})
  })

  it.each([
    ['fails', 'echo snap-1; echo quota >&2; exit 4', 'exit code 4, quota'],
    ['names no copy', 'echo; echo " "', 'named no backup'],
  ])('nothing begins when that command %s', async (_, text, words) => {
    const bin = programsIn(folder, {snap: text})
    await expect(backUpFirst(runWith({method: 'command', words: [path.join(bin, 'snap')]}))).rejects.toMatchObject({
      code: 'BACKUP_COMMAND',
      exit: 'preflight',
      message: expect.stringContaining(words),
      unchanged: 'No Grafana was touched.',
      hint: expect.stringContaining('--skip-backup'),
    })
    expect(told()).toEqual(['backup step-started', 'backup step-failed'])
  })

  it.each([
    ['is asked to stop', {stop: true}, undefined],
    ['lost its lock', {lost: 'bob took the lock'}, 'LOCK_LOST'],
  ])('a run that %s ends that command, and goes no further', async (_why, change, code) => {
    const pid = path.join(folder, 'pid')
    const bin = programsIn(folder, {
      snap: `sleep 600 & echo $! >'${pid}.new'; mv '${pid}.new' '${pid}'; wait; echo snap-1`,
    })
    const world: {stop?: boolean; lost?: string} = {}
    const run = runWith(
      {method: 'command', words: [path.join(bin, 'snap')]},
      {stopRequested: () => world.stop ?? false},
    )
    const watched = {...run, lock: {...run.lock, lost: () => world.lost}}
    const outcome = backUpFirst(watched).catch((error: unknown) => error)
    await expect.poll(() => existsSync(pid), {timeout: 5000}).toBe(true)
    Object.assign(world, change)
    const came = await outcome
    if (code === undefined) expect(came).toBeUndefined()
    else expect(came).toMatchObject({code, exit: 'locked'})
    expect(told()).toEqual(['backup step-started', 'backup step-failed'])
    const words = `/proc/${readFileSync(pid, 'utf8').trim()}/cmdline`
    await expect.poll(() => existsSync(words) && readFileSync(words, 'utf8')).toBeOneOf([false, ''])
  })

  it('nothing begins when the password is wrong: that is authentication', async () => {
    const wrong = {...cluster, database: {...cluster.database, password: new Secret('wrong')}}
    const run = runWith({method: 'dump', directory: directory()}, {cluster: wrong})
    await expect(backUpFirst(run)).rejects.toMatchObject({code: 'DATABASE_AUTHENTICATION', exit: 'authentication'})
    expect(() => readdirSync(directory())).toThrow()
  })

  it('the journal says so when the operator wants none', async () => {
    expect(await backUpFirst(runWith({method: 'skip'}))).toBeUndefined()
    expect(events).toEqual([{type: 'step-done', step: 'backup', detail: 'none, by --skip-backup'}])
  })

  it('a run that is asked to stop ends its dump, and keeps nothing of it', async () => {
    const slow = programsIn(folder, {
      pg_dump: 'case "$*" in *--version*) exec /usr/bin/pg_dump --version;; esac; exec sleep 600',
    })
    let stop = false
    const run = runWith(
      {method: 'dump', directory: directory()},
      {ports: portsWith({dumps: createDumps(`${slow}:/usr/bin:/bin`)}), stopRequested: () => stop},
    )
    const taken = backUpFirst(run)
    await expect.poll(() => kept(), {timeout: 5000}).toEqual([expect.stringMatching(/^\..*\.part$/)])
    stop = true
    expect(await taken).toBeUndefined()
    expect(kept()).toEqual([])
    expect(told()).toEqual(['backup step-started', 'backup step-failed'])
  })

  it('a run that lost its lock ends its dump, and goes no further', async () => {
    const slow = programsIn(folder, {
      pg_dump: 'case "$*" in *--version*) exec /usr/bin/pg_dump --version;; esac; exec sleep 600',
    })
    const run = runWith(
      {method: 'dump', directory: directory()},
      {ports: portsWith({dumps: createDumps(`${slow}:/usr/bin:/bin`)})},
    )
    const lost = {...run, lock: {...run.lock, lost: () => 'another run took the lock over'}}
    await expect(backUpFirst(lost)).rejects.toMatchObject({code: 'LOCK_LOST', exit: 'locked'})
    expect(kept()).toEqual([])
  })
})
