import {spawn} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {once} from 'node:events'
import {chownSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import pg from 'pg'
import {rememberFolder, rememberProcess} from './leftovers.ts'
import {findPostgresPrograms, isReachableByAll, type PostgresPrograms} from './postgres-programs.ts'

export interface Postgres {
  /** Whose PostgreSQL runs, in plain words. */
  readonly words: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string
}

export interface PostgresOptions {
  /** The sandbox's folder: logs go there, and the note of what has to be ended. */
  readonly directory: string
  readonly port: number
  /** Default: all that this machine offers, tried in turn. */
  readonly programs?: readonly PostgresPrograms[]
}

const HOST = '127.0.0.1'
const SUPERUSER = 'postgres'
const READY_SECONDS = 30

/** Starts a throw-away PostgreSQL with an empty database and its owner, both named grafana. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const failures: string[] = []
  for (const programs of options.programs ?? findPostgresPrograms()) {
    try {
      return await startOne(programs, options)
    } catch (error) {
      failures.push(`${programs.words}: ${(error as Error).message}`)
    }
  }
  throw new Error(`no PostgreSQL could be started\n${failures.join('\n') || 'none was found on PATH or in npm'}`)
}

async function startOne(programs: PostgresPrograms, options: PostgresOptions): Promise<Postgres> {
  const {directory, port} = options
  const account = unprivilegedAccount()
  const folder = account ? freshReachableFolder() : path.join(directory, 'postgres')
  mkdirSync(folder, {recursive: true})
  if (account) rememberFolder(directory, folder)
  const bin = programs.prepare(folder)
  const run = {bin, folder, account, log: path.join(directory, 'postgres.log')}
  const superPassword = randomBytes(12).toString('hex')
  await initialise(run, superPassword)
  const server = launch(run, ['-D', path.join(folder, 'data'), '-p', String(port), ...SETTINGS], 'postgres')
  server.once('error', () => undefined)
  if (!server.pid) throw new Error('postgres did not start')
  rememberProcess(directory, server.pid, 'SIGINT')
  server.unref()
  const password = randomBytes(12).toString('hex')
  await createDatabase({port, superPassword, password, log: run.log, ended: () => server.exitCode !== null})
  return {words: programs.words, port, database: 'grafana', user: 'grafana', password}
}

const SETTINGS = [
  `listen_addresses=${HOST}`,
  'unix_socket_directories=',
  'fsync=off',
  'shared_buffers=32MB',
  'max_connections=200',
].flatMap(setting => ['-c', setting])

interface Run {
  readonly bin: string
  readonly folder: string
  readonly account: Account | undefined
  readonly log: string
}

interface Account {
  readonly uid: number
  readonly gid: number
}

async function initialise(run: Run, superPassword: string): Promise<void> {
  const data = path.join(run.folder, 'data')
  const passwordFile = path.join(run.folder, 'password')
  rmSync(data, {recursive: true, force: true})
  writeFileSync(passwordFile, `${superPassword}\n`, {mode: 0o600})
  for (const place of [run.folder, passwordFile]) if (run.account) chownSync(place, run.account.uid, run.account.gid)
  const words = ['-D', data, '-U', SUPERUSER, '--pwfile', passwordFile, '--auth', 'scram-sha-256']
  const child = launch(run, [...words, '--no-sync', '--encoding', 'UTF8', '--locale', 'C'], 'initdb')
  const [code] = await once(child, 'exit')
  rmSync(passwordFile, {force: true})
  if (code !== 0) throw new Error(`initdb ended with ${code}: ${lastLine(run.log)}`)
  writeFileSync(path.join(data, 'pg_hba.conf'), `host all all 127.0.0.0/8 scram-sha-256\n`)
}

/** In a session of its own: a Ctrl-C in the terminal must not end it before Grafana. */
function launch(run: Run, words: readonly string[], program: string) {
  const log = openSync(run.log, 'a')
  return spawn(path.join(run.bin, program), words, {
    cwd: run.folder,
    env: {PATH: '/usr/bin:/bin', HOME: run.folder, LC_ALL: 'C', TZ: 'UTC'},
    stdio: ['ignore', log, log],
    detached: true,
    ...(run.account ?? {}),
  })
}

async function createDatabase(wish: {
  port: number
  superPassword: string
  password: string
  log: string
  ended: () => boolean
}): Promise<void> {
  const deadline = Date.now() + READY_SECONDS * 1000
  for (;;) {
    const client = new pg.Client({
      host: HOST,
      port: wish.port,
      user: SUPERUSER,
      password: wish.superPassword,
      database: 'postgres',
    })
    try {
      await client.connect()
      await client.query(`CREATE ROLE grafana LOGIN PASSWORD '${wish.password}'`)
      await client.query('CREATE DATABASE grafana OWNER grafana')
      return
    } catch (error) {
      if (wish.ended()) throw new Error(`postgres ended: ${lastLine(wish.log)}`)
      if (Date.now() > deadline) throw error
      await sleep(50)
    } finally {
      await client.end().catch(() => undefined)
    }
  }
}

/** PostgreSQL refuses to run as root. */
function unprivilegedAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map(line => line.split(':'))
  for (const name of ['postgres', 'nobody', 'daemon']) {
    const found = accounts.find(fields => fields[0] === name)
    if (found) return {uid: Number(found[2]), gid: Number(found[3])}
  }
  throw new Error('running as root, and /etc/passwd has none of postgres, nobody, daemon to run PostgreSQL as')
}

function freshReachableFolder(): string {
  const place = [tmpdir(), '/tmp', '/var/tmp'].find(
    candidate => statSync(candidate, {throwIfNoEntry: false}) && isReachableByAll(candidate),
  )
  if (!place) throw new Error('no temporary folder that another user can reach')
  return mkdtempSync(path.join(place, 'gha-sandbox-postgres-'))
}

function lastLine(log: string): string {
  return readFileSync(log, 'utf8').trimEnd().split('\n').at(-1) ?? ''
}
