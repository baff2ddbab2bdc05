import {mkdirSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {ensureFirstUser} from './auth/users.ts'
import type {CommandLine} from './command-line.ts'
import type {Database} from './database/database.ts'
import {migrate} from './database/migrate.ts'
import {openDatabase} from './database/open.ts'
import {type Faults, readFaults} from './faults.ts'
import type {Grafana} from './grafana.ts'
import {homepath} from './homepath.ts'
import {type Listening, listen} from './http/listen.ts'
import {loadPlugins} from './http/plugins.ts'
import {type Log, openLog} from './log.ts'
import {joinMesh} from './mesh/join.ts'
import {pingLiveEngine} from './redis/live-engine.ts'
import {refuseWrongSettings} from './refusals.ts'
import type {Release} from './release.ts'
import {DataKeys} from './secrets/data-keys.ts'
import {loadSettings, type Settings} from './settings.ts'
import {Telemetry} from './telemetry.ts'
import {tellSystemd} from './tell-systemd.ts'

const SHUTDOWN_MS = 30_000

/** Starts in Grafana's order: settings, database and its migrations, alerting mesh, and the listener last. */
export async function runServer(line: CommandLine, release: Release): Promise<void> {
  if (line.flags.has('v')) {
    process.stdout.write(`Version ${release.version} (commit: ${release.commit}, branch: HEAD)\n`)
    return
  }
  const home = homepath(line.flags.get('homepath'))
  const settings = loadSettings({homepath: home, config: line.flags.get('config'), properties: line.properties})
  const faults = readFaults(home)
  const log = openLog(settings)
  log.info('settings', 'Starting Grafana', {version: release.version, commit: release.commit, branch: 'HEAD'})
  writePidFile(line.flags.get('pidfile'))
  try {
    await start({settings, faults, log, release})
  } catch (error) {
    log.error('server', 'Failed to start grafana', {error: error instanceof Error ? error.message : String(error)})
    process.exit(1)
  }
}

interface Parts {
  readonly settings: Settings
  readonly faults: Faults
  readonly log: Log
  readonly release: Release
}

async function start(parts: Parts): Promise<void> {
  const {settings, faults, log} = parts
  if (faults.has('crash-at-boot')) throw new Error('runtime error: invalid memory address or nil pointer dereference')
  refuseWrongSettings(settings)
  const database = await connect(parts)
  await migrate({...parts, database})
  await ensureFirstUser(database, settings, log)
  const secretKey = settings.text('security', 'secret_key')
  const telemetry = new Telemetry()
  const dataKeys = new DataKeys(database, secretKey, telemetry)
  await pingLiveEngine(settings)
  const mesh = await joinMesh(parts)
  const plugins = loadPlugins(parts.settings, parts.faults)
  const grafana: Grafana = {...parts, database, secretKey, dataKeys, telemetry, mesh, plugins}
  const listening = Promise.withResolvers<Listening>()
  stopOnSignal(grafana, listening.promise)
  listening.resolve(await listen(grafana))
  tellSystemd()
  dieLater(grafana)
  if (faults.has('fatal-line'))
    log.error('provisioning', 'Failed to provision dashboard', {error: "can't read dashboard provisioning files"})
}

async function connect({settings, faults, log}: Parts): Promise<Database> {
  log.info('sqlstore', 'Connecting to DB', {dbtype: settings.text('database', 'type')})
  try {
    return await openDatabase(settings, faults)
  } catch (error) {
    throw new Error(`failed to connect to database: ${error instanceof Error ? error.message || String(error) : error}`)
  }
}

/** Before this, while it migrates, a signal ends the process at once. */
function stopOnSignal(grafana: Grafana, listening: Promise<Listening>): void {
  const {log, faults, mesh, database} = grafana
  let stopping = false
  const stop = async (signal: string) => {
    if (stopping) return
    stopping = true
    log.info('server', 'Shutdown started', {reason: `System signal: ${signal}`})
    const extra = (faults.get('slow-stop') ?? 0) * 1000
    const closed = listening.then(server => server.close(SHUTDOWN_MS))
    await Promise.all([closed, mesh?.leave(), new Promise(done => setTimeout(done, extra))])
    await Promise.race([database.close().catch(() => {}), new Promise(done => setTimeout(done, 1000))])
    process.exit(0)
  }
  process.on('SIGTERM', () => void stop('terminated'))
  process.on('SIGINT', () => void stop('interrupt'))
  process.on('SIGHUP', () => log.info('server', 'Reloading loggers'))
}

function dieLater({faults, log}: Grafana): void {
  const seconds = faults.get('die-after')
  if (seconds === undefined) return
  setTimeout(() => {
    log.error('server', 'fatal error: runtime: out of memory')
    process.exit(1)
  }, seconds * 1000)
}

function writePidFile(file: string | undefined): void {
  if (!file) return
  mkdirSync(path.dirname(file), {recursive: true})
  writeFileSync(file, String(process.pid))
}
