import {createReadStream} from 'node:fs'
import {pipeline} from 'node:stream/promises'
import {createGunzip, createGzip} from 'node:zlib'
import {InsertRows} from '../../backup/insert-rows.ts'
import {messageOf} from '../../errors/message-of.ts'
import type {Database} from '../../model/backing.ts'
import type {DatabaseServer} from '../../model/backup.ts'
import {Secret} from '../../model/secret.ts'
import type {Dump, Stored} from '../../ports/dumps.ts'
import type {Client} from '../database/login.ts'
import {counting, tapped} from './counting.ts'
import {damagedArchive} from './damaged-archive.ts'
import type {DumpTools, TakeDump} from './dump-tools.ts'
import {joinServer} from './join-server.ts'
import {joinSecuredMysql} from './mysql-tls.ts'
import {suitableTool} from './suitable-tool.ts'
import {throughRelay} from './through-relay.ts'
import {writeArchive} from './write-archive.ts'

const SOCKET = 'mysql.sock'
const DAY_SECONDS = 24 * 3600
const OUTLOOK = `SELECT VERSION() AS version,
  (SELECT COALESCE(SUM(data_length), 0) FROM information_schema.tables
    WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE') AS bytes`
const TABLES = `SELECT table_name AS name, engine AS engine FROM information_schema.tables
  WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'`

const OWN_COUNTS =
  'MySQL shows a snapshot to one session only, so the rows were counted in the archive and not asked of the server.'

export const mysqlTools: DumpTools = {
  async outlook(client, _database, search) {
    const [row = {}] = await client.query(OUTLOOK)
    const server = serverOf(String(row['version']))
    const tool = await suitableTool({program: programFor(server), server, search, package: packageFor(server)})
    return {server, tools: [tool], bytes: Number(row['bytes'])}
  },
  async take(request) {
    const {client} = request
    // The session idles while the tool dumps, and is asked once more after that.
    await client.query(`SET SESSION wait_timeout = ${DAY_SECONDS}`)
    const [server = {}] = await client.query('SELECT VERSION() AS version, UNIX_TIMESTAMP(NOW(3)) * 1000 AS at')
    const tables = await client.query(TABLES)
    const rows = new InsertRows()
    const stored = await dump(request, serverOf(String(server['version'])), rows)
    refuseIncomplete(
      rows,
      tables.map(({name}) => String(name)),
    )
    const loose = tables.filter(({engine}) => !/^InnoDB$/i.test(String(engine))).map(({name}) => String(name))
    return {
      ...stored,
      snapshot: {takenAt: new Date(Number(server['at'])).toISOString()},
      rows: {from: 'archive', tables: Object.fromEntries(rows.counts())},
      ...(await newestMigration(client, tables)),
      notes: [
        OWN_COUNTS,
        ...(loose.length > 0 ? [`Not InnoDB, so perhaps copied at another moment: ${loose.join(', ')}.`] : []),
      ],
    }
  },
  async readBack(file, _search, signal) {
    const rows = new InsertRows()
    const options = signal ? {signal} : {}
    try {
      await pipeline(createReadStream(file), createGunzip(), counting(rows), options)
    } catch (error) {
      if (signal?.aborted) throw error
      throw damagedArchive(`is not whole: ${messageOf(error)}`)
    }
    if (!rows.complete()) throw damagedArchive('is not whole: it ends before its end mark')
    return {rows: Object.fromEntries(rows.counts())}
  },
}

function dump({database, from, order, search}: TakeDump, server: DatabaseServer, rows: InsertRows): Promise<Stored> {
  return throughRelay({
    socket: SOCKET,
    passwordFile: optionFile(database),
    run: ({folder, passwordFile}) => ({
      argv: [
        ...[programFor(server), `--defaults-file=${passwordFile}`, `--socket=${folder}/${SOCKET}`, '--protocol=socket'],
        ...['--single-transaction', '--quick', '--routines', '--events', '--triggers', '--hex-blob'],
        ...['--no-tablespaces', '--default-character-set=utf8mb4', ...onlyMysql(server), '--', database.name],
      ] as [string, ...string[]],
      env: {PATH: search, HOME: folder, LC_ALL: 'C'},
      ...(order.signal ? {signal: order.signal} : {}),
    }),
    serve: client => joinServer(client, {database, from}, joinSecuredMysql),
    consume: output => writeArchive(output, order.file, [tapped(rows), createGzip()]),
  })
}

/** What a server writes for its replicas is not wanted in a copy. */
function onlyMysql({product}: DatabaseServer): readonly string[] {
  return product === 'MySQL' ? ['--set-gtid-purged=OFF'] : []
}

/** The name of the table that holds it, or nothing. */
async function newestMigration(
  client: Client,
  tables: readonly Record<string, unknown>[],
): Promise<Pick<Dump, 'newestMigration'>> {
  if (!tables.some(({name}) => name === 'migration_log')) return {}
  const [row] = await client.query('SELECT migration_id FROM migration_log ORDER BY id DESC LIMIT 1')
  return row ? {newestMigration: String(row['migration_id'])} : {}
}

function refuseIncomplete(rows: InsertRows, tables: readonly string[]): void {
  if (!rows.complete()) throw damagedArchive('is not whole: the tool did not write its end mark')
  const missing = tables.filter(name => !rows.counts().has(name))
  if (missing.length > 0) throw damagedArchive(`is not whole: it lacks ${missing.join(', ')}`)
}

function optionFile({user, password}: Database): Secret {
  return new Secret(`[client]\nuser=${quoted(user)}\npassword=${quoted(password.reveal())}\n`)
}

/** As MySQL's option files take a value: in double quotes, with backslashes. */
function quoted(value: string): string {
  return `"${value.replaceAll(/[\\"]/g, '\\$&')}"`
}

function serverOf(version: string): DatabaseServer {
  return {product: /mariadb/i.test(version) ? 'MariaDB' : 'MySQL', version}
}

function programFor({product}: DatabaseServer): string {
  return product === 'MariaDB' ? 'mariadb-dump' : 'mysqldump'
}

function packageFor({product}: DatabaseServer): string {
  return product === 'MariaDB' ? 'mariadb-client' : 'mysql-client'
}
