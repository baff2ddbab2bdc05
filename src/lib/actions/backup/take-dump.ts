import {randomBytes} from 'node:crypto'
import path from 'node:path'
import {backupId} from '../../backup/backup-id.ts'
import {MANIFEST_FILE, manifestText, rowDifferences} from '../../backup/manifest.ts'
import {GhaError} from '../../errors/gha-error.ts'
import type {BackupManifest} from '../../model/backup.ts'
import type {Cluster} from '../../model/cluster.ts'
import {given} from '../../model/given.ts'
import type {Dump} from '../../ports/dumps.ts'
import type {Ports} from '../../ports/ports.ts'
import type {Backup} from './backup.ts'
import {findVantage, type Vantage} from './vantage.ts'

export type DumpPorts = Pick<Ports, 'hosts' | 'dumps' | 'archives' | 'clock'>

export interface DumpRequest {
  readonly directory: string
  readonly reason: string
  readonly signal?: AbortSignal
}

const ARCHIVE = {postgres: 'database.pgdump', mysql: 'database.sql.gz'} as const
/** Left free beside the archive: a full disk stops more than gha. */
const MARGIN_BYTES = 64 * 1024 * 1024

/**
 * Dumps, reads every byte of it back, and compares: only then is it a backup. Whatever goes wrong, nothing is left.
 * @throws GhaError, or AbortError when it was stopped
 */
export async function takeDump(cluster: Cluster, ports: DumpPorts, request: DumpRequest): Promise<Backup> {
  const started = ports.clock.now()
  const vantage = await findVantage(cluster, ports)
  await refuseFull(ports, request.directory, vantage)
  const id = backupId(started, randomBytes(2).toString('hex'))
  const draft = await ports.archives.begin(request.directory, id)
  try {
    const file = path.join(draft.path, ARCHIVE[cluster.database.type])
    const {signal} = request
    const dump = await ports.dumps.take(cluster.database, vantage.from, {file, ...(signal ? {signal} : {})})
    await refuseDamaged(cluster, ports, {file, dump, ...(signal ? {signal} : {})})
    const milliseconds = ports.clock.now() - started
    const manifest = manifestOf(cluster, vantage, {id, dump, milliseconds, reason: request.reason})
    await draft.write(MANIFEST_FILE, manifestText(manifest, cluster.grafana.secretKey))
    return {id, folder: await draft.keep(), manifest}
  } catch (error) {
    // What cannot be taken away on a broken disk says less than what broke it; the next backup clears it.
    await draft.discard().catch(() => undefined)
    throw error
  }
}

/** @throws GhaError `BACKUP_SPACE` */
export async function refuseFull({archives}: DumpPorts, directory: string, {outlook}: Vantage): Promise<void> {
  const free = await archives.freeBytes(directory)
  const needed = outlook.bytes + MARGIN_BYTES
  if (free >= needed) return
  throw new GhaError(`${directory} has ${megabytes(free)} free, and a dump may take ${megabytes(needed)}`, {
    code: 'BACKUP_SPACE',
    exit: 'preflight',
    hint: 'Free some space there, or name another folder as `backup.directory` in gha.yaml.',
  })
}

interface Written {
  readonly file: string
  readonly dump: Dump
  readonly signal?: AbortSignal
}

async function refuseDamaged({database}: Cluster, {dumps}: DumpPorts, {file, dump, signal}: Written): Promise<void> {
  const stored = await dumps.digest(file)
  const {rows} = await dumps.readBack(database.type, file, signal)
  const wrong = [
    ...(stored.sha256 === dump.sha256 && stored.bytes === dump.bytes
      ? []
      : ['the disk does not hold what was written']),
    ...rowDifferences(dump.rows.tables, rows),
  ]
  if (wrong.length === 0) return
  throw new GhaError(`the archive is not whole: ${wrong.slice(0, 5).join(', ')}`, {
    code: 'BACKUP_DAMAGED',
    exit: 'preflight',
    hint: 'Look at the disk and at the log of the database server, then run the command again.',
  })
}

interface Made {
  readonly id: string
  readonly dump: Dump
  readonly reason: string
  readonly milliseconds: number
}

function manifestOf(
  {name, database}: Cluster,
  {outlook}: Vantage,
  {id, dump, reason, milliseconds}: Made,
): BackupManifest {
  const {bytes, sha256, snapshot, rows, newestMigration, notes} = dump
  return {
    schemaVersion: 1,
    type: 'backup',
    id,
    cluster: name,
    reason,
    database: {...outlook.server, type: database.type, name: database.name},
    ...given({newestMigration}),
    tools: outlook.tools,
    snapshot,
    archive: {file: ARCHIVE[database.type], bytes, sha256},
    rows,
    notes,
    milliseconds,
  }
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 / 1024)} MiB`
}
