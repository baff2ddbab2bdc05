import {createHash} from 'node:crypto'
import {chmodSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {eventually} from '../../support/eventually.ts'
import {apart} from '../base/base.ts'
import {CACHE_FOLDER, dataFolder, namespaceFile} from '../layout.ts'
import {identify, isAlive, type ProcessId, signal} from '../processes.ts'
import {type Argv, must, type RunOptions, run, startDetached} from '../run.ts'
import type {LabState} from '../state.ts'

export const SERVERS = ['postgres', 'mariadb', 'redis', 'memcached'] as const
export type ServerName = (typeof SERVERS)[number]

interface Recipe {
  readonly user: string
  readonly argv: readonly string[]
  readonly port: number
  /** Ends without an error once the server answers. */
  readonly ready?: Argv
}

const READY_SECONDS = 60
const STOP_LIMIT_MS = 20_000
const MAKE_DATA = path.join(import.meta.dirname, 'make-data.sh')

/** Copies fresh data folders for a lab. */
export async function prepareServers(state: LabState, options: RunOptions = {}): Promise<void> {
  const folder = serversFolder(state.name)
  const template = path.join(CACHE_FOLDER, `data-${templateKey()}`)
  if (!existsSync(template)) await apart([MAKE_DATA, template, postgresBin()], options)
  mkdirSync(path.dirname(folder), {recursive: true})
  await must(['cp', '--archive', '--reflink=auto', template, folder], options)
  chmodSync(folder, 0o755)
  await makeSocketFolders(folder)
  writeFileSync(path.join(folder, 'redis.conf'), redisConfig(state), {mode: 0o600})
  await must(['chown', 'redis', path.join(folder, 'redis.conf')])
}

export async function startServer(state: LabState, name: ServerName, options: RunOptions = {}): Promise<void> {
  const {user, argv, port, ready} = recipeOf(state, name)
  const folder = serversFolder(state.name)
  const enter: Argv = ['nsenter', `--net=${namespaceFile(state.name, 'servers')}`]
  const pid = startDetached(
    // An ipc namespace of its own takes the shared memory of a killed server along.
    [
      ...enter,
      'unshare',
      '--ipc',
      'setpriv',
      '--reuid',
      user,
      '--regid',
      user,
      '--init-groups',
      '--reset-env',
      '--',
      ...argv,
    ],
    path.join(folder, `${name}.log`),
  )
  const started = identify(pid)
  writeFileSync(pidFile(state.name, name), JSON.stringify(started))
  const probe = ready ?? ['bash', '-c', `exec 3<>/dev/tcp/${state.postgres.host}/${port}`]
  const script =
    'for i in $(seq 600); do "$@" >/dev/null 2>&1 && exit 0; [ -d /proc/$PID ] || exit 2; sleep 0.1; done; exit 1'
  const {exitCode} = await run([...enter, 'sh', '-c', script, 'sh', ...probe], {
    ...options,
    env: {PID: String(pid)},
    timeoutMs: READY_SECONDS * 1000,
  })
  if (exitCode !== 0)
    throw new Error(`${name} does not start:\n${readFileSync(path.join(folder, `${name}.log`), 'utf8').slice(-2000)}`)
}

/** SIGKILL is the crash; without a signal the server ends as its kind does. */
export async function stopServer(state: LabState, name: ServerName, how?: NodeJS.Signals): Promise<void> {
  const id = JSON.parse(readFileSync(pidFile(state.name, name), 'utf8')) as ProcessId
  if (!isAlive(id)) return
  signal(id.pid, how ?? (name === 'postgres' ? 'SIGINT' : 'SIGTERM'))
  await eventually(`${name} ends`, STOP_LIMIT_MS, () => !isAlive(id))
  rmSync(pidFile(state.name, name))
}

function recipeOf(state: LabState, name: ServerName): Recipe {
  const folder = serversFolder(state.name)
  const {host} = state.postgres
  switch (name) {
    case 'postgres':
      return {
        user: 'postgres',
        port: state.postgres.port,
        argv: [
          ...[path.join(postgresBin(), 'postgres'), '-D', path.join(folder, 'postgres'), '-h', host],
          ...['-p', String(state.postgres.port), '-k', path.join(folder, 'postgres-socket')],
          ...settings({fsync: 'off', full_page_writes: 'off', max_connections: '300', shared_buffers: '32MB'}),
          ...settings({dynamic_shared_memory_type: 'mmap', log_line_prefix: '%m [%p] %h %a '}),
        ],
        ready: [path.join(postgresBin(), 'pg_isready'), '-q', '-h', host, '-p', String(state.postgres.port)],
      }
    case 'mariadb':
      return {
        user: 'mysql',
        port: state.mariadb.port,
        argv: [
          ...[
            '/usr/sbin/mariadbd',
            '--no-defaults',
            `--datadir=${path.join(folder, 'mariadb')}`,
            `--bind-address=${host}`,
            `--tmpdir=${path.join(folder, 'mariadb-socket')}`,
          ],
          ...[`--port=${state.mariadb.port}`, `--socket=${path.join(folder, 'mariadb-socket/s')}`],
          ...[
            `--pid-file=${path.join(folder, 'mariadb-socket/pid')}`,
            `--init-file=${path.join(folder, 'mariadb.sql')}`,
          ],
          ...['--skip-name-resolve', '--innodb-flush-log-at-trx-commit=0', '--innodb-buffer-pool-size=32M'],
          ...['--innodb-log-file-size=8M', '--max-connections=300'],
        ],
      }
    case 'redis':
      return {user: 'redis', port: state.redis.port, argv: ['/usr/bin/redis-server', path.join(folder, 'redis.conf')]}
    case 'memcached':
      return {
        user: 'memcache',
        port: state.memcached.port,
        argv: ['/usr/bin/memcached', '-l', host, '-p', String(state.memcached.port), '-m', '16', '-t', '1'],
      }
  }
}

function settings(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([key, value]) => ['-c', `${key}=${value}`])
}

function redisConfig({redis}: LabState): string {
  const lines = [
    `bind ${redis.host}`,
    `port ${redis.port}`,
    `requirepass ${redis.password}`,
    'save ""',
    'appendonly no',
  ]
  return `${lines.join('\n')}\n`
}

async function makeSocketFolders(folder: string): Promise<void> {
  for (const [name, user] of Object.entries({postgres: 'postgres', mariadb: 'mysql'})) {
    const place = path.join(folder, `${name}-socket`)
    mkdirSync(place, {mode: 0o700})
    await must(['chown', user, place])
  }
}

function postgresBin(): string {
  const major = (place: string) => Number.parseInt(place.split('/').at(-3) ?? '0', 10)
  const found = globSync('/usr/lib/postgresql/*/bin/initdb')
    .sort((one, other) => major(one) - major(other))
    .at(-1)
  if (!found) throw new Error('no PostgreSQL server on this machine: install the package postgresql')
  return path.dirname(found)
}

function templateKey(): string {
  const hash = createHash('sha256').update(readFileSync(MAKE_DATA)).update(postgresBin())
  return hash.digest('hex').slice(0, 12)
}

function serversFolder(lab: string): string {
  return path.join(dataFolder(lab), 'servers')
}

function pidFile(lab: string, name: ServerName): string {
  return path.join(serversFolder(lab), `${name}.pid`)
}
