import {createHash} from 'node:crypto'
import {mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi} from 'vitest'
import {createDumps} from '../../src/lib/adapters/dumps.ts'
import type {Database} from '../../src/lib/model/backing.ts'
import {Secret} from '../../src/lib/model/secret.ts'
import {type Certificates, makeCertificates} from '../support/certificates.ts'
import {LocalHost} from '../support/local-host.ts'
import {startMariadb} from '../support/mariadb.ts'
import {startPostgres} from '../support/postgres.ts'
import {programsIn} from '../support/programs.ts'
import {VANTAGE_POINTS} from '../support/vantage-points.ts'

interface Server {
  readonly database: Database
  readonly query: (sql: string) => Promise<readonly Record<string, unknown>[]>
  readonly stop: () => Promise<void>
}

let certificates: Certificates
let folder: string
const here = new LocalHost()
const dumps = createDumps()

beforeAll(() => {
  certificates = makeCertificates()
})
afterAll(() => certificates.remove())
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gha-test-dumps-'))
})
afterEach(() => rmSync(folder, {recursive: true, force: true}))

/** What an ini, a pass file and an option file each have to escape. */
const PASSWORD = String.raw`a:b\c"d'e f#g;h%i`

const SERVERS: Readonly<Record<Database['type'], () => Promise<Server>>> = {
  async postgres() {
    const server = await startPostgres({tls: certificates, password: PASSWORD, user: 'graf ana'})
    const {host, port, user, password, database: name, query, stop} = server
    await query(`GRANT ALL ON SCHEMA public TO "${user}"`)
    const secret = new Secret(password)
    return {database: {type: 'postgres', host, port, user, name, password: secret, sslMode: 'disable'}, query, stop}
  },
  async mysql() {
    const server = await startMariadb({
      password: PASSWORD,
      settings: {'ssl-cert': certificates.certFile, 'ssl-key': certificates.keyFile},
    })
    const {host, port, user, password, database: name, query, stop} = server
    const secret = new Secret(password)
    return {database: {type: 'mysql', host, port, user, name, password: secret, sslMode: 'false'}, query, stop}
  },
}

describe.each(['postgres', 'mysql'] as const)('a dump of a real %s', type => {
  let server: Server
  let database: Database
  const table = (name: string) => (type === 'postgres' ? `public.${name}` : name)
  const file = () => path.join(folder, 'archive')
  const quote = type === 'postgres' ? '"' : '`'

  beforeAll(async () => {
    server = await SERVERS[type]()
    database = server.database
    for (const sql of [
      'CREATE TABLE migration_log (id int, migration_id varchar(255))',
      "INSERT INTO migration_log VALUES (1, 'create migration_log table'), (2, 'the newest')",
      `CREATE TABLE dashboard (id int, data text)`,
      `CREATE TABLE ${quote}odd "name${quote} (id int, ${quote}VALUES${quote} text)`,
      'CREATE TABLE empty_one (id int)',
      String.raw`INSERT INTO dashboard VALUES (1, 'a line
\.
INSERT INTO ${'`'}x${'`'} VALUES (1),(2);'), (2, 'it''s; (quoted), \\'), (3, NULL)`,
      `INSERT INTO ${quote}odd "name${quote} VALUES (1, 'COPY public.x (id) FROM stdin;'), (2, '),(')`,
    ])
      await server.query(type === 'postgres' ? sql.replaceAll('odd "name', 'odd ""name') : sql)
    if (type === 'postgres') await server.query(`GRANT ALL ON ALL TABLES IN SCHEMA public TO "${database.user}"`)
  })
  afterAll(() => server.stop())

  const ROWS = {
    [table('migration_log')]: 2,
    [table('dashboard')]: 3,
    [table('odd "name')]: 2,
    [table('empty_one')]: 0,
  }

  it('knows the server, the tools and the size before it begins', async () => {
    const outlook = await dumps.outlook(database, here)
    expect(outlook.server.product).toBe(type === 'postgres' ? 'PostgreSQL' : 'MariaDB')
    expect(outlook.tools[0]).toMatch(type === 'postgres' ? /^pg_dump \d+/ : /^mariadb-dump \d+/)
    expect(outlook.bytes).toBeGreaterThan(1000)
  })

  it.each(Object.entries(VANTAGE_POINTS))('holds every row and says so when it is read back: %s', async (_, reach) => {
    const point = await reach()
    const dump = await dumps.take(database, point.host, {file: file()})
    await point.leave()
    expect(dump.rows.tables).toEqual(ROWS)
    expect(dump.newestMigration).toBe('the newest')
    expect(dump.rows.from).toBe(type === 'postgres' ? 'snapshot' : 'archive')
    expect(Math.abs(Date.parse(dump.snapshot.takenAt) - Date.now())).toBeLessThan(60_000)
    expect(await dumps.digest(file())).toEqual({bytes: dump.bytes, sha256: dump.sha256})
    expect(statSync(file()).mode & 0o777).toBe(0o600)
    expect((await dumps.readBack(type, file())).rows).toEqual(ROWS)
  })

  it('is taken over TLS as the file asks for it, though the tools see none', async () => {
    const [loose, full] = type === 'postgres' ? ['require', 'verify-full'] : ['skip-verify', 'true']
    for (const sslMode of [loose ?? '', full ?? '']) {
      const name = path.join(folder, sslMode)
      const asked = {...database, sslMode, host: 'localhost', ca: certificates.caFile}
      expect((await dumps.take(asked, here, {file: name})).rows.tables).toEqual(ROWS)
    }
    const unproven = {...database, sslMode: full ?? '', host: 'localhost'}
    await expect(dumps.take(unproven, here, {file: file()})).rejects.toMatchObject({code: 'DATABASE_TLS'})
  })

  it('does not hold rows that were written while it was taken', async () => {
    let stop = false
    let written = 0
    const writing = (async () => {
      while (!stop) {
        await server.query(`INSERT INTO dashboard VALUES (${1000 + written}, 'late')`)
        written += 1
      }
    })()
    await expect.poll(() => written, {timeout: 30_000}).toBeGreaterThan(5)
    for (let count = 0; count < 5; count++) {
      const name = path.join(folder, `archive-${count}`)
      const dump = await dumps.take(database, here, {file: name})
      expect((await dumps.readBack(type, name)).rows).toEqual(dump.rows.tables)
    }
    const before = written
    await expect.poll(() => written).toBeGreaterThan(before)
    stop = true
    await writing
    await server.query('DELETE FROM dashboard WHERE id >= 1000')
  })

  it('shows no password to whoever looks at processes, and leaves nothing in the temporary folder', async () => {
    // Elsewhere on this machine others take dumps at the same time.
    const own = mkdtempSync(path.join(tmpdir(), 'own-'))
    vi.stubEnv('TMPDIR', own)
    const spy = programsIn(folder, {
      [type === 'postgres' ? 'pg_dump' : 'mariadb-dump']:
        `case "$*" in *--version*) exec /usr/bin/${type === 'postgres' ? 'pg_dump' : 'mariadb-dump'} --version;; esac
        tr '\\0' '\\n' < /proc/$$/cmdline > ${folder}/cmdline; tr '\\0' '\\n' < /proc/$$/environ > ${folder}/environ
        exec /usr/bin/${type === 'postgres' ? 'pg_dump' : 'mariadb-dump'} "$@"`,
    })
    await createDumps(`${spy}:/usr/bin:/bin`).take(database, here, {file: file()})
    for (const seen of ['cmdline', 'environ']) {
      const text = readFileSync(path.join(folder, seen), 'utf8')
      expect(text.length).toBeGreaterThan(20)
      expect(text).not.toContain(PASSWORD)
      expect(text).not.toContain('a:b')
    }
    vi.unstubAllEnvs()
    expect(readdirSync(own)).toEqual([])
    rmSync(own, {recursive: true})
  })

  it('is refused with a wrong password, as authentication', async () => {
    const wrong = {...database, password: new Secret('planted-canary')}
    const taken = dumps.take(wrong, here, {file: file()})
    await expect(taken).rejects.toMatchObject({code: 'DATABASE_AUTHENTICATION', exit: 'authentication'})
    await expect(taken).rejects.not.toMatchObject({message: expect.stringContaining('planted-canary')})
  })

  it('is damaged when bytes are changed, cut off or missing in the middle', async () => {
    await dumps.take(database, here, {file: file()})
    const good = readFileSync(file())
    const damage: Readonly<Record<string, () => void>> = {
      cut: () => truncateSync(file(), good.length - 40),
      flipped: () =>
        writeFileSync(
          file(),
          good.map((byte, index) => (index === good.length >> 1 ? byte ^ 0x55 : byte)),
        ),
      holed: () => writeFileSync(file(), Buffer.concat([good.subarray(0, 200), good.subarray(400)])),
    }
    for (const [how, act] of Object.entries(damage)) {
      writeFileSync(file(), good)
      act()
      const whole = await dumps.readBack(type, file()).then(
        ({rows}) => JSON.stringify(rows) === JSON.stringify(ROWS),
        error => {
          expect(error, how).toMatchObject({code: 'BACKUP_DAMAGED'})
          return false
        },
      )
      const sum = (await dumps.digest(file())).sha256
      expect({how, whole: whole && sum === digest(good)}).toEqual({how, whole: false})
    }
  })

  it('ends at once when it is stopped, and its tool with it', async () => {
    const tool = type === 'postgres' ? 'pg_dump' : 'mariadb-dump'
    const slow = programsIn(folder, {
      [tool]: `case "$*" in *--version*) exec /usr/bin/${tool} --version;; esac
        echo $$ > ${folder}/pid; exec sleep 600`,
    })
    const controller = new AbortController()
    const taken = createDumps(`${slow}:/usr/bin:/bin`).take(database, here, {file: file(), signal: controller.signal})
    taken.catch(() => undefined)
    await expect.poll(() => readdirSync(folder), {timeout: 5000}).toContain('pid')
    await expect.poll(() => readFileSync(path.join(folder, 'pid'), 'utf8')).toMatch(/\d/)
    controller.abort()
    await expect(taken).rejects.toMatchObject({name: 'AbortError'})
    const pid = Number(readFileSync(path.join(folder, 'pid'), 'utf8'))
    expect(() => process.kill(pid, 0)).toThrow()
  })
})

it('a dump of MariaDB outlasts the time after which the server ends idle sessions', async () => {
  const {
    host,
    port,
    user,
    password,
    database: name,
    stop,
    query,
  } = await startMariadb({settings: {'wait-timeout': '1'}})
  try {
    await query('CREATE TABLE migration_log (id int, migration_id varchar(255))')
    await query("INSERT INTO migration_log VALUES (1, 'the newest')")
    const database = {type: 'mysql', host, port, user, name, password: new Secret(password), sslMode: 'false'} as const
    const slow = programsIn(folder, {'mariadb-dump': 'sleep 3; exec /usr/bin/mariadb-dump "$@"'})
    const taken = createDumps(`${slow}:/usr/bin:/bin`).take(database, here, {file: path.join(folder, 'archive')})
    expect((await taken).newestMigration).toBe('the newest')
  } finally {
    await stop()
  }
})

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

describe('a tool that does not fit', () => {
  let server: Server
  beforeAll(async () => {
    server = await SERVERS.postgres()
  })
  afterAll(() => server.stop())

  const outlook = (programs: Readonly<Record<string, string>>) =>
    createDumps(programsIn(folder, programs)).outlook(server.database, here)

  it('is refused when it is older than the server, with the package to install', async () => {
    await expect(
      outlook({pg_dump: 'echo "pg_dump (PostgreSQL) 9.6.24"', pg_restore: 'echo "pg_restore (PostgreSQL) 15.1"'}),
    ).rejects.toMatchObject({
      code: 'BACKUP_TOOL_UNFIT',
      exit: 'preflight',
      message: expect.stringMatching(/pg_dump .* is version 9\.6\.24, older than the server \(\d+\.\d+\)/),
      hint: expect.stringMatching(/apt-get install postgresql-client-\d+/),
    })
  })

  it('is none for being older in a cluster of this machine, by which a wrapper goes unless it is told of a host', async () => {
    const wrapped = (tool: string) =>
      `[ -n "$PGHOST" ] || { echo "${tool} (PostgreSQL) 9.6.24"; exit 1; }; exec /usr/bin/${tool} "$@"`
    const wrappers = createDumps(
      `${programsIn(folder, {pg_dump: wrapped('pg_dump'), pg_restore: wrapped('pg_restore')})}:/usr/bin:/bin`,
    )
    expect((await wrappers.outlook(server.database, here)).tools).toHaveLength(2)
    const file = path.join(folder, 'archive')
    await wrappers.take(server.database, here, {file})
    expect(await wrappers.readBack('postgres', file)).toBeDefined()
  })

  it('is refused when it is not there, fails, or says nothing that is known', async () => {
    await expect(outlook({})).rejects.toMatchObject({
      code: 'BACKUP_TOOL_MISSING',
      message: expect.stringContaining('is not installed'),
    })
    await expect(
      outlook({pg_dump: 'echo broken library >&2; exit 127', pg_restore: 'echo "pg_restore (PostgreSQL) 99.1"'}),
    ).rejects.toMatchObject({
      code: 'BACKUP_TOOL_MISSING',
      message: expect.stringContaining('broken library'),
    })
    await expect(outlook({pg_dump: 'echo hello', pg_restore: 'echo hello'})).rejects.toMatchObject({
      code: 'BACKUP_TOOL_UNKNOWN',
    })
  })

  it('is no dump when it ends well after half of it, or badly after all of it', async () => {
    const search = (text: string) => `${programsIn(folder, {pg_dump: text})}:/usr/bin:/bin`
    const file = path.join(folder, 'archive')
    const half = createDumps(search('/usr/bin/pg_dump "$@" | head -c 300'))
    await half.take(server.database, here, {file})
    await expect(half.readBack('postgres', file)).rejects.toMatchObject({code: 'BACKUP_DAMAGED'})
    rmSync(file)
    const bad = createDumps(search('/usr/bin/pg_dump "$@"; echo "pg_dump: error: the end" >&2; exit 3'))
    await expect(bad.take(server.database, here, {file})).rejects.toMatchObject({
      code: 'BACKUP_DUMP_FAILED',
      message: 'pg_dump ended with code 3: pg_dump: error: the end',
    })
  })

  it('counts of an extension the rows that are copied, and no others', async () => {
    for (const sql of [
      'CREATE TABLE job (id int); INSERT INTO job VALUES (1), (2); CREATE TABLE catalogue (id int)',
      `GRANT ALL ON job, catalogue TO "${server.database.user}"`,
      'ALTER EXTENSION plpgsql ADD TABLE job; ALTER EXTENSION plpgsql ADD TABLE catalogue',
      `UPDATE pg_extension SET extconfig = array['job'::regclass::oid], extcondition = array['WHERE id > 1'] WHERE extname = 'plpgsql'`,
    ])
      await server.query(sql)
    const file = path.join(folder, 'archive')
    const dump = await dumps.take(server.database, here, {file})
    expect(dump.rows.tables).toEqual({'public.job': 1})
    expect((await dumps.readBack('postgres', file)).rows).toEqual({'public.job': 1})
  })

  it('waits half a minute for whoever locks a table, and says so', async () => {
    await server.query(`CREATE TABLE migrated (id int); GRANT ALL ON migrated TO "${server.database.user}"`)
    const locking = server.query('BEGIN; LOCK TABLE migrated; SELECT pg_sleep(40); DROP TABLE migrated; COMMIT')
    await expect(dumps.take(server.database, here, {file: path.join(folder, 'archive')})).rejects.toMatchObject({
      code: 'BACKUP_DUMP_FAILED',
      message: 'somebody else has locked a table of the database for 30 s',
    })
    await locking
  }, 90_000)

  it('says which table it may not read', async () => {
    await server.query('CREATE TABLE secret_of_somebody (id int); REVOKE ALL ON secret_of_somebody FROM PUBLIC')
    await expect(dumps.take(server.database, here, {file: path.join(folder, 'archive')})).rejects.toMatchObject({
      message: expect.stringContaining('secret_of_somebody'),
    })
  })
})
