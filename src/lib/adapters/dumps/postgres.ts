import {pipeline} from 'node:stream/promises'
import {CopyRows} from '../../backup/copy-rows.ts'
import {major} from '../../backup/tool-version.ts'
import {GhaError} from '../../errors/gha-error.ts'
import {messageOf} from '../../errors/message-of.ts'
import type {Database} from '../../model/backing.ts'
import type {DatabaseServer} from '../../model/backup.ts'
import {Secret} from '../../model/secret.ts'
import type {Stored} from '../../ports/dumps.ts'
import {counting} from './counting.ts'
import {damagedArchive} from './damaged-archive.ts'
import type {DumpTools, TakeDump} from './dump-tools.ts'
import {joinServer} from './join-server.ts'
import {countRows, holdSnapshot, LOCK_WAIT_SECONDS, TABLES} from './postgres-snapshot.ts'
import {joinSecuredPostgres} from './postgres-tls.ts'
import {suitableTool} from './suitable-tool.ts'
import {throughRelay} from './through-relay.ts'
import {NEWEST, runTool, ToolError, type ToolRun} from './tool.ts'
import {writeArchive} from './write-archive.ts'

const PORT = '5432'
const OUTLOOK = `SELECT current_setting('server_version') AS version,
  (SELECT coalesce(sum(pg_table_size(c.oid)), 0)::float8 ${TABLES}) AS bytes`

export const postgresTools: DumpTools = {
  async outlook(client, _database, search) {
    const [row = {}] = await client.query(OUTLOOK)
    const server: DatabaseServer = {product: 'PostgreSQL', version: String(row['version'])}
    const wanted = {server, search, package: `postgresql-client-${major(server.version)}`}
    const tools = await Promise.all(['pg_dump', 'pg_restore'].map(program => suitableTool({program, ...wanted})))
    return {server, tools, bytes: Number(row['bytes'])}
  },
  async take(request) {
    const snapshot = await holdSnapshot(request.client)
    const counting = countRows(request.client).catch(error => {
      throw uncounted(error)
    })
    counting.catch(() => undefined)
    // A count that fails ends the transaction, and the dump with it: what it says counts more.
    const stored = await dump(request, snapshot.id).catch(async error => {
      await counting
      throw error
    })
    const {tables, ...rest} = await counting
    return {...stored, snapshot, rows: {from: 'snapshot', tables}, ...rest, notes: []}
  },
  /** pg_restore decodes every block of the archive on its way to plain text. */
  async readBack(file, search, signal) {
    const rows = new CopyRows()
    const run: ToolRun = {
      argv: ['pg_restore', '--file=-', file],
      env: {PATH: search, LC_ALL: 'C', ...NEWEST},
      ...(signal ? {signal} : {}),
    }
    await runTool(run, output => pipeline(output, counting(rows))).catch(error => {
      throw error instanceof ToolError ? damagedArchive(`cannot be read: ${error.message}`, error) : error
    })
    return {rows: Object.fromEntries(rows.counts())}
  },
}

function dump({database, from, order, search}: TakeDump, snapshot: string): Promise<Stored> {
  return throughRelay({
    socket: `.s.PGSQL.${PORT}`,
    passwordFile: passLine(database.password),
    run: ({folder, passwordFile}) => ({
      argv: [
        'pg_dump',
        '--format=custom',
        '--no-password',
        `--snapshot=${snapshot}`,
        `--lock-wait-timeout=${LOCK_WAIT_SECONDS}s`,
      ],
      env: {
        ...{PATH: search, HOME: folder, LC_ALL: 'C', PGAPPNAME: 'gha backup'},
        ...{PGHOST: folder, PGPORT: PORT, PGUSER: database.user, PGDATABASE: database.name},
        PGPASSFILE: passwordFile,
      },
      ...(order.signal ? {signal: order.signal} : {}),
    }),
    serve: client => joinServer(client, {database, from}, joinSecuredPostgres),
    consume: output => writeArchive(output, order.file),
  })
}

/** For any host, port, database and user; a colon and a backslash are escaped. */
function passLine(password: Database['password']): Secret {
  return new Secret(`*:*:*:*:${password.reveal().replaceAll(/[\\:]/g, '\\$&')}\n`)
}

const LOCK_NOT_AVAILABLE = '55P03'

function uncounted(cause: unknown): GhaError {
  if (cause instanceof Error && 'code' in cause && cause.code === LOCK_NOT_AVAILABLE) return lockedOut(cause)
  return new GhaError(`the rows cannot be counted: ${messageOf(cause)}`, {
    code: 'BACKUP_DUMP_FAILED',
    exit: 'preflight',
    hint: "Let the user of gha.yaml read every table of Grafana's database, then run the command again.",
    cause,
  })
}

function lockedOut(cause: Error): GhaError {
  return new GhaError(`somebody else has locked a table of the database for ${LOCK_WAIT_SECONDS} s`, {
    code: 'BACKUP_DUMP_FAILED',
    exit: 'preflight',
    hint: 'A Grafana that migrates does so (`gha status`), and so does maintenance of the database. Wait until it is over, then run the command again.',
    cause,
  })
}
